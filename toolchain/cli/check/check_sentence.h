// What `lockwrap check` says in words: the verdict, and what to do.
#pragma once

#include <string>
#include <vector>

#include "check/check_report.h"

namespace lockwrap::cli {

// The first line of the text, one sentence. Names in it are as they are in the file.
std::string verdict_sentence(const CheckReport &report);

// One sentence each, the most important first; none when there is nothing to do.
std::vector<std::string> advice(const CheckReport &report);

// "1 call", "2 calls"
std::string counted(uint64_t count, const std::string &noun);

}  // namespace lockwrap::cli
