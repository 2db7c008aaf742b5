// One function at one code address. An address has several frames when functions were inlined into each other.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockwrap::cli {

struct Frame {
  std::string function;     // demangled; "" when nothing is known
  std::string system_name;  // as the symbol table has it
  std::string file;         // full path; "" without debug information
  int64_t line = 0;         // 0 without debug information
  int64_t start_line = 0;   // where the function is declared; 0 when not known
};

using Frames = std::vector<Frame>;  // innermost first

}  // namespace lockwrap::cli
