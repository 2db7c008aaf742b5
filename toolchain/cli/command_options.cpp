#include "command_options.h"

#include <CLI/CLI.hpp>
#include <sstream>

#include "base/error.h"
#include "base/text_table.h"
#include "report/fail_condition.h"

namespace lockwrap::cli {

void add_cache_option(CLI::App &command, bool &uses_cache) {
  command.add_flag_callback("--no-cache", [&uses_cache] { uses_cache = false; },
                            "Read names from the program; otherwise those that it gave before are kept in ~/.cache/lockwrap, or $XDG_CACHE_HOME/lockwrap");
}

void add_profile_options(CLI::App &command, ProfileChoice &choice) {
  command.add_option("FILE", choice.path, "The profile that the program wrote")->required();
  command.add_option("--binary", choice.binary.path, "The program that wrote it (default: its path in the profile, or its build-id in DIR)")->type_name("ELF");
  command.add_option("--debug-directory", choice.binary.debug_directories,
                     "Where programs and their debug files are found by build-id, besides /usr/lib/debug; may be repeated")
      ->type_name("DIR")->expected(1)->take_all();
  add_cache_option(command, choice.binary.uses_cache);
}

void add_output_option(CLI::App &command, std::string &path) {
  command.add_option("-o,--output", path, "Write to OUT instead of the standard output")->type_name("OUT");
}

void add_fail_option(CLI::App &command, std::vector<std::string> &conditions, const std::string &percent_of) {
  command.add_option("--fail-on", conditions, "Leave with exit status 1 if this holds; may be repeated. " + std::string(kConditionGrammar) + ". % is " + percent_of)
      ->type_name("CONDITION")->expected(1)->take_all();
}

CLI::Validator whole_number_from(int least) {
  return CLI::Validator(
      [least](std::string &text) {
        const bool is_number = !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
        return is_number && std::stoi(text) >= least ? "" : "'" + printable(text) + "' is no whole number from " + std::to_string(least) + " on";
      },
      "");
}

// CLI11 has them as "{wait,count,max}" in the name of the option's type.
std::vector<std::string> values_of(const CLI::Option &option) {
  const std::string type = option.get_type_name();
  const size_t begin = type.find('{'), end = type.find('}', begin);
  std::vector<std::string> values;
  if (begin == std::string::npos || end == std::string::npos) return values;
  std::istringstream list(type.substr(begin + 1, end - begin - 1));
  for (std::string value; std::getline(list, value, ',');) values.push_back(value);
  return values;
}

void refuse_json(CLI::App &command, const std::string &instead) {
  const std::string name = command.get_name();
  command.add_flag_callback("--json", [name, instead] { throw CommandError("--json is not for `lockwrap " + name + "`: " + instead); })->group("");
}

}  // namespace lockwrap::cli
