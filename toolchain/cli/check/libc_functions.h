// Which functions of a static program are the C library's own: their calls of its lock functions by inner names look like calls past the wrap.
#pragma once

#include <string_view>

#include "check/program_functions.h"

namespace lockwrap::cli {

// By name: what the C standard reserves for the implementation (__x, _X), and what glibc and musl call otherwise. A function
// of the program that has such a name is taken for libc's: better silent than wrong.
bool is_libc_function(std::string_view name, std::string_view source_file);

}  // namespace lockwrap::cli
