// Puts names into the text of findings, as the program wrote it to its log or to stderr.
#pragma once

#include <string>
#include <string_view>

#include "names/symbolizer.h"

namespace lockwrap::cli {

struct NamedFindings {
  std::string text;
  size_t findings = 0;
  // Of the functions that the text names itself and the program knows: how many are called the same, and how many otherwise, at their
  // addresses in the program. Another build has most of its functions elsewhere.
  size_t same_names = 0;
  size_t other_names = 0;
};

// Findings are what finding_lines.h says. In them each "NAME [0xADDRESS]" becomes the function with its parameters, the file and the line; the
// functions that it was inlined into follow, a line "from ..." each, with the same prefix and indentation. The calls of std::mutex and the
// like that stand before the function which made them are left out. Where the program knows no line, the address stays; where it knows
// nothing, the line stays as it is. Mangled C++ names in a finding become readable. Prefixes and all other lines are passed through, byte by
// byte. `symbolizer`: of a program at bias 0.
NamedFindings symbolize_findings(std::string_view text, Symbolizer &symbolizer);

}  // namespace lockwrap::cli
