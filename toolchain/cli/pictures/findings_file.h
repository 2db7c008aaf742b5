// The text of findings, a program's log, as a file that commands are given.
#pragma once

#include <string>

#include "names/profile_binary.h"

namespace lockwrap::cli {

// `text`, the content of `path`, with names in the place of addresses, as symbolize_findings.h says.
// CommandError: no binary is chosen; the text has no finding; the binary is another build than the one that told the findings.
std::string name_findings(const std::string &path, const std::string &text, const BinaryChoice &choice);

}  // namespace lockwrap::cli
