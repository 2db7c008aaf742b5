// Which lines of a program's log are its findings: a line "lockwrap: KIND: ..." and the indented lines below it. What keeps logs puts a time, a
// host or a name in front of each line (journalctl, docker logs --timestamps, docker compose): a prefix.
#pragma once

#include <string>
#include <string_view>

namespace lockwrap::cli {

struct FindingLine {
  std::string_view kind;    // of a finding's first line: "deadlock", "lock-order", "stuck", "misuse" or "held-in-call"; "" for all others
  std::string_view prefix;  // both only within a finding
  std::string_view text;    // without the prefix
  bool is_in_finding = false;
};

// Takes the lines one after the other.
class FindingLines {
 public:
  // `line` has no end of line. What lockwrap says besides ("lockwrap: warning: ...", its report) is no finding.
  FindingLine next(std::string_view line);

 private:
  std::string prefix_;  // of the finding's first line
  bool is_inside_ = false;
};

}  // namespace lockwrap::cli
