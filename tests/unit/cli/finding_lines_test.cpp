// Which lines of a log are findings, whatever stands in front of them.
#include "names/finding_lines.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace lockwrap::cli;

namespace {

// The texts of the lines that are in findings.
std::vector<std::string> in_findings(const std::vector<std::string> &log) {
  std::vector<std::string> texts;
  FindingLines lines;
  for (const std::string &line : log) {
    const FindingLine part = lines.next(line);
    if (!part.is_in_finding) continue;
    CHECK(std::string(part.prefix) + std::string(part.text) == line);
    texts.emplace_back(part.text);
  }
  return texts;
}

const std::vector<std::string> kFinding = {"lockwrap: deadlock: thread a/1 waits.", "  thread a/1 waits", "    waits in f [0x1]"};

std::vector<std::string> prefixed(const std::vector<std::string> &prefixes) {
  std::vector<std::string> log;
  for (size_t index = 0; index < kFinding.size(); ++index) log.push_back(prefixes[index % prefixes.size()] + kFinding[index]);
  return log;
}

}  // namespace

TEST_CASE("a prefix is the same on all lines of a finding, or a time of the same shape") {
  for (const std::vector<std::string> &prefixes : std::vector<std::vector<std::string>>{
           {""},
           {"Nov 26 01:59:59 host app[17]: ", "Nov 26 02:00:00 host app[17]: "},
           {"2026-11-26T01:59:59.999999999Z ", "2026-11-26T02:00:00.1Z "},
           {"app-1  | "},
           {"app|"},
           {"[    9.99] ", "[   10.00] "},
           {"time=2026-11-26T01:59:59Z level=error msg= ", "time=2026-11-26T02:00:00Z level=error msg= "},
           {"2026/11/26 01:59:59,1 [main] \t"},
       }) {
    CAPTURE(prefixes.front());
    CHECK(in_findings(prefixed(prefixes)) == kFinding);
  }
}

TEST_CASE("lines of others between those of a finding belong to nobody") {
  CHECK(in_findings({"t 1 app[17]: lockwrap: stuck: x", "t 2 app[18]:   not ours", "t 2 app-1[17]:   nor this", "  nor this", "t 3 app[17]:   ours",
                     "t 4 app[17]: the program says something", "t 5 app[17]:   and more"}) ==
        std::vector<std::string>{"lockwrap: stuck: x", "  ours"});
  CHECK(in_findings({"lockwrap: stuck: x", "  ours", "the program", "  not ours"}) == std::vector<std::string>{"lockwrap: stuck: x", "  ours"});
  CHECK(in_findings({"app: lockwrap: misuse: x", "app:    three blanks", "app:  one blank", "app:"}) ==
        std::vector<std::string>{"lockwrap: misuse: x", "   three blanks"});
}

TEST_CASE("what lockwrap says besides, and what only looks like it, is no finding") {
  for (const char *line : {"lockwrap: warning: addresses are shown", "app: lockwrap: warning: x: y", "lockwrap: contention of a (pid 1) in 2 s", "lockwrap: deadlocked: no",
                           "lockwrap: deadlock:", "unlockwrap: deadlock: x", "deadlock: x", ""}) {
    CAPTURE(line);
    CHECK(in_findings({line, "  indented"}).empty());
  }
  CHECK(in_findings({std::string(300, 'x') + " lockwrap: deadlock: x"}).empty());
}
