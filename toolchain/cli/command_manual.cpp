// `lockwrap manual`: the page for man(1), made from what --help says of each command, so that the two cannot differ.
#include <CLI/CLI.hpp>
#include <memory>
#include <sstream>

#include "command_line.h"
#include "command_options.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

// Text for roff: no line begins with a control character, a hyphen is a hyphen, a backslash one.
std::string roff(const std::string &text) {
  std::string result;
  for (const char character : text) {
    if (character == '\\') result += "\\e";
    else if (character == '-') result += "\\-";
    else if ((character == '.' || character == '\'') && (result.empty() || result.back() == '\n')) result += std::string("\\&") + character;
    else result += character;
  }
  return result;
}

// What stands for the value: "OUT", or "waiter|holder".
std::string value_text(const CLI::Option &option) {
  std::string text;
  for (const std::string &value : values_of(option)) text += (text.empty() ? "\\fB" : "\\fR|\\fB") + roff(value);
  if (!text.empty()) return text + "\\fR";
  const std::string type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  return "\\fI" + roff(type.empty() ? "VALUE" : type) + "\\fR";
}

// "-o OUT, --output OUT"
std::string option_heading(const CLI::Option &option) {
  std::string heading;
  for (const std::string &name : option.get_snames()) heading += (heading.empty() ? "\\fB\\-" : ", \\fB\\-") + roff(name) + "\\fR";
  for (const std::string &name : option.get_lnames()) heading += (heading.empty() ? "\\fB\\-\\-" : ", \\fB\\-\\-") + roff(name) + "\\fR";
  if (heading.empty()) heading = "\\fI" + roff(option.get_name()) + "\\fR";
  else if (option.get_items_expected_max() != 0) heading += " " + value_text(option);
  return heading;
}

std::string manual_of(CLI::App &app) {
  std::ostringstream page;
  page << ".\\\" Made by `lockwrap manual`.\n.TH LOCKWRAP 1 \"\" \"lockwrap " LOCKWRAP_VERSION "\" \"User Commands\"\n"
       << ".SH NAME\nlockwrap \\- shows which locks a program waits for, who waits and who holds them\n"
       << ".SH SYNOPSIS\n.B lockwrap\n.I COMMAND\n[options]\n.SH DESCRIPTION\n" << roff(app.get_description()) << "\n.SH COMMANDS\n";
  for (const CLI::App *command : app.get_subcommands([](const CLI::App *one) { return !one->get_group().empty(); })) {
    page << ".SS lockwrap " << roff(command->get_name());
    for (const CLI::Option *option : command->get_options()) {
      if (option->get_positional()) page << ' ' << roff(option->get_name());
    }
    page << "\n" << roff(command->get_description()) << ".\n";
    for (const CLI::Option *option : command->get_options()) {
      if (option->get_group().empty()) continue;  // not in --help either
      const std::string otherwise = option->get_default_str();
      page << ".TP\n" << option_heading(*option) << "\n" << roff(option->get_description() + (otherwise.empty() ? "" : " (default: " + otherwise + ")")) << "\n";
    }
    if (!command->get_footer().empty()) page << ".PP\n.nf\n" << roff(command->get_footer()) << "\n.fi\n";
  }
  page << ".SH COMPILERS\n.B lockwrap\\-cc\nand\n.B lockwrap\\-c++\nare the compilers LOCKWRAP_CC and LOCKWRAP_CXX (default: those that lockwrap was built with) "
          "with lockwrap in every executable that they link. LOCKWRAP_STATIC=1 makes these static, LOCKWRAP_JEMALLOC=1 links jemalloc into them.\n";
  page << ".SH EXIT STATUS\n.TP\n0\nfine\n.TP\n1\nthe command looked for something and found it: a condition of \\-\\-fail\\-on, a program that is not wrapped\n"
       << ".TP\n2\nan error, with a sentence on stderr\n.SH SEE ALSO\n.BR pprof (1),\n.BR perf (1)\n";
  return page.str();
}

}  // namespace

void add_manual_command(CLI::App &app) {
  CLI::App *command = app.add_subcommand("manual", "Print the page for man(1)");
  command->group("");  // for packagers; not in --help
  const auto path = std::make_shared<std::string>();
  add_output_option(*command, *path);
  command->callback([&app, path] { write_output(*path, manual_of(app)); });
}

}  // namespace lockwrap::cli
