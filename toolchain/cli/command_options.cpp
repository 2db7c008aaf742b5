#include "command_options.h"

#include <CLI/CLI.hpp>

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

void add_fail_option(CLI::App &command, std::vector<std::string> &conditions) {
  command.add_option("--fail-on", conditions, "Leave with exit status 1 if this holds; may be repeated. " + std::string(kConditionGrammar))
      ->type_name("CONDITION")->expected(1)->take_all();
}

}  // namespace lockwrap::cli
