// The options that several commands have, so that they are called and explained alike.
#pragma once

#include <string>
#include <vector>

#include "names/profile_binary.h"

namespace CLI {
class App;
class Option;
class Validator;
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

// --fail-on CONDITION, which may be repeated; see fail_condition.h. `percent_of`: what % means here, after "% is ".
void add_fail_option(CLI::App &command, std::vector<std::string> &conditions, const std::string &percent_of);

// For options that count something: CLI11 takes -1 for a very large number, and calls the range of a number by its 309 digits.
CLI::Validator whole_number_from(int least);

// The values of an option that takes one of a few; none for all others.
std::vector<std::string> values_of(const CLI::Option &option);

// A --json that is not there, for a command whose result is a file for others: it says so, and what there is (`instead`). Not in --help.
void refuse_json(CLI::App &command, const std::string &instead);

}  // namespace lockwrap::cli
