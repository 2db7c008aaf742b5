// Locks of a program that never call pthread, so that lockwrap cannot see them: found by the names of their functions.
#pragma once

#include <string>
#include <vector>

#include "check/dynamic_links.h"
#include "check/program_functions.h"

namespace lockwrap::cli {

// "absl::Mutex", each kind once. Those of a stripped static program are not found; nor what the compiler put in line.
std::vector<std::string> find_unseen_locks(const ProgramFunctions &functions, const DynamicLinks &links);

}  // namespace lockwrap::cli
