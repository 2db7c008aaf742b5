// The options that several commands have, so that they are called and explained alike.
#pragma once

#include <string>
#include <vector>

#include "names/profile_binary.h"

namespace CLI {
class App;
}

namespace lockwrap::cli {

// --no-cache
void add_cache_option(CLI::App &command, bool &uses_cache);

// FILE, --binary, --debug-directory and --no-cache.
struct ProfileChoice {
  std::string path;
  BinaryChoice binary;
};
void add_profile_options(CLI::App &command, ProfileChoice &choice);

// -o OUT
void add_output_option(CLI::App &command, std::string &path);

// --fail-on CONDITION, which may be repeated; see fail_condition.h.
void add_fail_option(CLI::App &command, std::vector<std::string> &conditions);

}  // namespace lockwrap::cli
