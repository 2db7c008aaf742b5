// `lockwrap completion bash|zsh`: what the shells complete, made from the commands and options that there are.
#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "command_line.h"
#include "command_options.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

std::vector<const CLI::App *> commands_of(CLI::App &app) {
  std::vector<const CLI::App *> commands;
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *one) { return !one->get_group().empty(); })) commands.push_back(command);
  return commands;
}

std::vector<std::string> option_words(const CLI::Option &option) {
  std::vector<std::string> words;
  for (const std::string &name : option.get_snames()) words.push_back("-" + name);
  for (const std::string &name : option.get_lnames()) words.push_back("--" + name);
  return words;
}

// Without those that --help does not have.
std::vector<const CLI::Option *> options_of(const CLI::App &command) {
  return command.get_options([](const CLI::Option *option) { return !option->get_group().empty(); });
}

std::string joined(const std::vector<std::string> &words, const std::string &between) {
  std::string text;
  for (const std::string &word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::string bash_completion(CLI::App &app) {
  std::ostringstream text;
  std::vector<std::string> names;
  std::ostringstream cases, values, arguments;
  for (const CLI::App *command : commands_of(app)) {
    names.push_back(command->get_name());
    std::vector<std::string> words;
    for (const CLI::Option *option : options_of(*command)) {
      const std::vector<std::string> own = option_words(*option);
      words.insert(words.end(), own.begin(), own.end());
      const std::vector<std::string> possible = values_of(*option);
      if (possible.empty()) continue;
      if (own.empty()) arguments << "    " << command->get_name() << ") COMPREPLY=($(compgen -W '" << joined(possible, " ") << "' -- \"$word\")); return ;;\n";
      for (const std::string &word : own) values << "    " << command->get_name() << "," << word << ") COMPREPLY=($(compgen -W '" << joined(possible, " ") << "' -- \"$word\")); return ;;\n";
    }
    cases << "    " << command->get_name() << ") words='" << joined(words, " ") << "' ;;\n";
  }
  text << "# bash completion for lockwrap, made by `lockwrap completion bash`.\n_lockwrap() {\n"
       << "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words=\n"
       << "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    COMPREPLY=($(compgen -W '" << joined(names, " ") << " --help --version' -- \"$word\"))\n    return\n  fi\n"
       << "  command=${COMP_WORDS[1]}\n"
       // --side=holder is three words for bash
       << "  if [ \"$word\" = = ]; then word=; elif [ \"$before\" = = ]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
       << "  case $command,$before in\n" << values.str() << "  esac\n"
       << "  case $command in\n" << cases.str() << "  esac\n"
       << "  case $word in -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")); return ;; esac\n"
       << "  case $command in\n" << arguments.str() << "  esac\n"
       << "  mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"  // a line a name: it may have blanks
       << "}\ncomplete -o filenames -F _lockwrap lockwrap\n";
  return text.str();
}

// Within '...' of zsh's _arguments.
std::string zsh_text(const std::string &text) {
  std::string result;
  for (const char character : text) {
    if (character == '\'') result += "'\\''";
    else if (character == '[' || character == ']' || character == ':' || character == '\\') result += std::string("\\") + character;
    else result += character == '\n' ? ' ' : character;
  }
  return result;
}

std::string zsh_completion(CLI::App &app) {
  std::ostringstream text, descriptions, cases;
  for (const CLI::App *command : commands_of(app)) {
    descriptions << "    '" << zsh_text(command->get_name()) << ":" << zsh_text(command->get_description()) << "'\n";
    cases << "    " << command->get_name() << ") _arguments";
    std::string arguments = "*:file:_files";
    for (const CLI::Option *option : options_of(*command)) {
      const std::vector<std::string> values = values_of(*option);
      if (option->get_positional() && !values.empty()) arguments = "1:" + option->get_name() + ":(" + joined(values, " ") + ")";
      const std::string action = !values.empty() ? "(" + joined(values, " ") + ")" : "_files";
      for (const std::string &word : option_words(*option)) {
        cases << " \\\n      '" << word << (option->get_items_expected_max() == 0 ? "" : word[1] == '-' ? "=" : "+") << "[" << zsh_text(option->get_description()) << "]";
        if (option->get_items_expected_max() != 0) cases << ":value:" << action;
        cases << "'";
      }
    }
    cases << " \\\n      '" << arguments << "' ;;\n";
  }
  text << "#compdef lockwrap\n# zsh completion for lockwrap, made by `lockwrap completion zsh`.\n_lockwrap() {\n  local -a commands\n  commands=(\n" << descriptions.str()
       << "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n  local command=${words[2]}\n  shift words\n  (( CURRENT-- ))\n"
       << "  case $command in\n" << cases.str() << "  esac\n}\n_lockwrap \"$@\"\n";
  return text.str();
}

}  // namespace

void add_completion_command(CLI::App &app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("completion", "Print what bash or zsh needs to complete this command");
  command->add_option("SHELL", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}))->type_name("");
  const auto path = std::make_shared<std::string>();
  add_output_option(*command, *path);
  command->footer("Example:\n  source <(lockwrap completion bash)");
  command->callback([&app, shell, path] { write_output(*path, *shell == "bash" ? bash_completion(app) : zsh_completion(app)); });
}

}  // namespace lockwrap::cli
