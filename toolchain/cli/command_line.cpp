// One sentence on stderr for every error, and exit status 2 also for what CLI11 would leave with its own numbers.
#include "command_line.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <new>
#include <numeric>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/text_table.h"
#include "command_options.h"
#include "terminal_progress.h"

namespace lockwrap::cli {
namespace {

constexpr char kExamples[] =
    "Examples:\n"
    "  LOCKWRAP_OPTIONS=profile_path=/tmp/%e.pb.gz ./service    write a profile when the program ends\n"
    "  lockwrap report /tmp/service.pb.gz                       who waits for which lock, and who holds it\n"
    "  lockwrap flame /tmp/service.pb.gz -o service.svg         the same as a picture, for a browser\n"
    "  lockwrap symbolize /tmp/service.pb.gz -o named.pb.gz     put names in, for `go tool pprof named.pb.gz`\n"
    "  lockwrap symbolize service.log --binary ./service        and into the findings (lockwrap: deadlock: ...) in a log\n"
    "  lockwrap merge fleet/*.pb.gz -o all.pb.gz                many profiles in one\n"
    "  lockwrap diff old.pb.gz new.pb.gz                        what got better and what got worse\n"
    "  lockwrap export --format=speedscope a.pb.gz -o a.json    for the tools of others\n"
    "  lockwrap check ./service                                 is it linked with lockwrap, and do all calls go there?\n"
    "\n"
    "`lockwrap COMMAND --help` explains a command. Exit status: 0 fine, 1 not wrapped (check) or a condition of --fail-on holds, 2 error.";

int fail(const std::string &sentence) {
  std::cerr << "lockwrap: " << sentence << "\n";
  return kExitError;
}

// How many letters must be changed, added or left out to make one of the other (Levenshtein).
size_t difference(const std::string &left, const std::string &right) {
  std::vector<size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < left.size(); ++i) {
    size_t before = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < right.size(); ++j) {
      const size_t changed = before + (left[i] != right[j]);
      before = row[j + 1];
      row[j + 1] = std::min({changed, before + 1, row[j] + 1});
    }
  }
  return row.back();
}

// Null when there is none of this name.
CLI::App *command_of(CLI::App &app, const std::string &name) {
  for (CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; })) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

// "" if the first word is a command, or an option.
std::string unknown_command(CLI::App &app, const std::string &word) {
  if (word.empty() || word[0] == '-' || command_of(app, word) != nullptr) return "";
  std::string nearest;
  size_t least = 3;  // more is another word
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *one) { return !one->get_group().empty(); })) {
    const size_t letters = difference(word, command->get_name());
    if (letters >= std::min(least, command->get_name().size())) continue;
    least = letters;
    nearest = command->get_name();
  }
  return "'" + printable(word) + "' is no command; " + (nearest.empty() ? "" : "is it '" + nearest + "'? ") + "see `lockwrap --help`";
}

// CLI11's sentence, but where that says little: "A subcommand is required", "--side: 1 required :{waiter,holder} missing".
std::string usage_error(const CLI::ParseError &error, CLI::App *command, const std::string &first) {
  if (command == nullptr) return first.empty() ? "a command is missing" : "a command comes first, not '" + printable(first) + "'";
  const std::string text = printable(error.what());
  const size_t colon = text.find(": 1 required ");
  const CLI::Option *option = colon == std::string::npos ? nullptr : command->get_option_no_throw(text.substr(0, colon));
  if (option == nullptr) return text;
  std::string values;
  for (const std::string &value : values_of(*option)) values += (values.empty() ? ", one of " : ", ") + value;
  return text.substr(0, colon) + " needs a value" + values;
}

}  // namespace

int run_command_line(int argument_count, const char *const *arguments) {
  CLI::App app{"Shows which locks a program waits for, who waits and who holds them, from its lockwrap profile.", "lockwrap"};
  app.set_version_flag("--version", "lockwrap " LOCKWRAP_VERSION);
  app.footer(kExamples);
  app.require_subcommand(1);
  int exit_status = kExitFine;
  add_report_command(app, exit_status);
  add_top_command(app);
  add_flame_command(app);
  add_html_command(app);
  add_graph_command(app);
  add_diff_command(app, exit_status);
  add_merge_command(app);
  add_export_command(app);
  add_symbolize_command(app);
  add_check_command(app, exit_status);
  add_flags_command(app);
  add_completion_command(app);
  add_manual_command(app);
  const std::string first = argument_count > 1 ? arguments[1] : "";
  if (const std::string sentence = unknown_command(app, first); !sentence.empty()) return fail(sentence);
  CLI::App *command = command_of(app, first);
  TerminalProgress progress;
  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::Success &information) {  // --help and --version
    return app.exit(information) == 0 ? kExitFine : kExitError;
  } catch (const CLI::ParseError &error) {
    return fail(usage_error(error, command, first) + "; see `lockwrap " + (command == nullptr ? "" : first + " ") + "--help`");
  } catch (const CommandError &error) {
    return fail(error.what());
  } catch (const std::bad_alloc &) {
    return fail("there is not enough memory for this file; check that it is the right one");
  } catch (const std::exception &error) {
    return fail(std::string("unexpected error (") + error.what() + "); please report it with the command line");
  }
  return exit_status;
}

}  // namespace lockwrap::cli
