// The text of findings, a program's log, as a file that commands are given.
#pragma once

#include <string>
#include <string_view>

#include "names/profile_binary.h"

namespace lockwrap::cli {

// By the first bytes: a log, not a profile that is unpacked, which begins with a message (a byte 4 or 8).
bool is_text(std::string_view bytes);

// A program's log, or its stderr; also gzip'ed, as rotated logs are. Empty if nothing was written: the program found nothing.
// CommandError: there is no such file; it is a profile.
std::string read_log(const std::string &path);

// What a program is that has no name at all for the findings, since it has been stripped: a warning on stderr, as missing lines always are, or
// an error.
enum class WithoutNames { kWarn, kRefuse };

// `text`, the content of `path`, with names in the place of addresses, as symbolize_findings.h says.
// CommandError: no binary is chosen; the text has no finding; the binary is another build than the one that told the findings.
std::string name_findings(const std::string &path, const std::string &text, const BinaryChoice &choice, WithoutNames without_names);

}  // namespace lockwrap::cli
