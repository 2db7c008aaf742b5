// Another program as a filter.
#pragma once

#include <string>
#include <vector>

namespace lockwrap::cli {

// Runs `command` (its first word is looked for in PATH) with `input` as its standard input, and returns its standard output; what it says on
// stderr goes to ours. CommandError: it is not there (the text ends with `if_missing`, what to do about it), or it failed.
std::string run_filter(const std::vector<std::string> &command, const std::string &input, const std::string &if_missing);

}  // namespace lockwrap::cli
