// Long work is told to a terminal, and to nobody else. Work is made long by a clock that runs fast (fast_clock.c), and once really.
#include <doctest/doctest.h>

#include <sstream>

#include "fixture_facts.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

constexpr char kErase[] = "\r\033[K";

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

// What a terminal is told while `command_line` runs; its output goes to a file.
std::string told(const TemporaryFolder &folder, const std::string &command_line, const std::string &settings = "TERM=xterm NO_COLOR=") {
  write_file(folder / "told.sh", "#!/bin/bash\nstty cols 300\n" + command_line + " >" + (folder / "output") + "\n");
  const CommandResult terminal = run_shell("env " + settings + " script -qec 'bash " + (folder / "told.sh") + "' /dev/null </dev/null");
  return terminal.output;
}

// What stays on the line when all has been written: "\r" goes to its beginning, "\033[K" empties it from there.
std::string left_on_terminal(const std::string &text) {
  std::string left;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text.compare(at, 4, kErase) == 0) {
      left.resize(left.rfind('\n') == std::string::npos ? 0 : left.rfind('\n') + 1);
      at += 3;
    } else if (text[at] != '\r') {
      left += text[at];
    }
  }
  return left;
}

const std::string kFast = "LD_PRELOAD=" LOCKWRAP_FAST_CLOCK " " LOCKWRAP_COMMAND " ";

// Tells each of `parts`, leaves nothing, and writes what it writes without a terminal, where stderr stays empty.
void check_told(const TemporaryFolder &folder, const std::string &arguments, const std::vector<std::string> &parts) {
  const std::string text = told(folder, kFast + arguments);
  for (const std::string &part : parts) CHECK_MESSAGE(has(text, kErase + ("lockwrap: " + part)), part, " of ", arguments, ": ", text.substr(0, 2000));
  CHECK(left_on_terminal(text) == "");
  const CommandResult quiet = run_shell(kFast + arguments);
  CHECK(quiet.errors == "");
  CHECK(quiet.output == read_file(folder / "output"));
}

struct Folder : TemporaryFolder {
  const std::string profile = *this / "a.pb.gz";
  Folder() { profile_of(run_fixture(LOCKWRAP_FIXTURE_PIE, "11aa00000000000000000000000000000000beef")).write(profile); }
};

}  // namespace

TEST_CASE("a terminal is told how far reading and naming have come, and nobody else") {
  const Folder folder;
  check_told(folder, "report --no-cache " + folder.profile,
             {"read 1 of 1 KiB (100 %)", "unpacked 1 of 1 KiB (100 %)", "parsed ", "read 3 of 4 samples (75 %)",
              "named 4 of 4 locks (100 %)", "named and added up 4 of 4 samples (100 %)"});
  check_told(folder, "flame --no-cache --side=waiter " + folder.profile, {"named 4 of 4 stacks (100 %)"});
  check_told(folder, "flame --no-cache " + folder.profile, {"named 4 of 4 stacks (100 %)"});
  check_told(folder, "symbolize --no-cache " + folder.profile + " -o -",
             {"labelled 3 of 4 samples (75 %)", "named 1 of ", "wrote 3 of 4 samples (75 %)"});
  CHECK(has(told(folder, kFast + "report --no-cache " + folder.profile), " units of debug information"));
  write_file(folder / "findings", "lockwrap: deadlock: two threads\n  main [0x1149]\n");
  check_told(folder, "symbolize --no-cache " + (folder / "findings") + " --binary " LOCKWRAP_FIXTURE_PIE " -o -", {"named 0 of 1 KiB of text (0 %)"});
}

TEST_CASE("a terminal is told how far the check of a program has come, and nobody else") {
  const TemporaryFolder folder;
  check_told(folder, "check " LOCKWRAP_PROGRAM_TO_BREAK, {"disassembled "});
}

TEST_CASE("a terminal is told of a profile that comes slowly") {
  const Folder folder;
  const std::string slow = "<(head -c 100 " + folder.profile + "; sleep 1.1; tail -c +101 " + folder.profile + ")";
  const std::string text = told(folder, LOCKWRAP_COMMAND " report --no-cache " + slow);
  CHECK_MESSAGE(has(text, "lockwrap: read 1 KiB"), text);
  CHECK(left_on_terminal(text) == "");
  CHECK(told(folder, LOCKWRAP_COMMAND " report --no-cache " + folder.profile) == "");  // within the first second
}

TEST_CASE("an error stands on a line of its own") {
  const Folder folder;
  write_file(folder / "cut.pb.gz", read_file(folder.profile).substr(0, 200));
  for (const char *command : {"report ", "merge --skip-bad -o /dev/null "}) {
    const std::string text = told(folder, kFast + command + (folder / "cut.pb.gz"));
    CHECK_MESSAGE(has(text, "unpacked 1 of 1 KiB"), text);
    CHECK_MESSAGE(has(left_on_terminal(text), "cut.pb.gz: is truncated"), left_on_terminal(text));
    std::istringstream lines(left_on_terminal(text));
    for (std::string line; std::getline(lines, line);) CHECK_MESSAGE((line.rfind("lockwrap: ", 0) == 0 && !has(line, "unpacked") && !has(line, "merged 0")), line);
  }
}

TEST_CASE("a terminal without escape sequences is told nothing") {
  const Folder folder;
  for (const char *settings : {"TERM=dumb", "-u TERM", "TERM=xterm NO_COLOR=1"}) {
    CHECK_MESSAGE(told(folder, kFast + "report --no-cache " + folder.profile, settings) == "", settings);
  }
}
