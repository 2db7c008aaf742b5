// The text of findings with names put in: addresses of a program that really ran, lines of others around them, and whatever is no finding.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "fixture_facts.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

const std::string kStatic = LOCKWRAP_FIXTURE_STATIC;

const FixtureFacts &facts() {
  static const FixtureFacts run = run_fixture(kStatic, "");
  return run;
}

// " [0x4011d2]": of the call that locked in `function`; `frame` counts outwards.
std::string at(const std::string &function, size_t frame = 0) {
  std::ostringstream text;
  text << " [0x" << std::hex << facts().calls.at(function).addresses.at(frame) << "]";
  return text.str();
}

std::string line_of(const std::string &function) { return "fixture_program.cpp:" + std::to_string(facts().calls.at(function).line); }

std::string symbolized(const std::string &text, const std::string &options = "") {
  const TemporaryFolder folder;
  write_file(folder / "log", text);
  const CommandResult result = run_lockwrap("symbolize " + (folder / "log") + " --binary " + kStatic + options);
  CHECK_MESSAGE(result.exit_status == 0, result.errors);
  CHECK(result.errors == "");
  return result.output;
}

const std::string kHead = "lockwrap: deadlock: thread a/1 waits for `accounts`, held by b/2.\n";

void check_refused(const std::string &arguments, const std::string &expected) {
  const TemporaryFolder folder;
  for (const std::string &output : {std::string(), " -o " + (folder / "out")}) {
    const CommandResult result = run_lockwrap("symbolize " + arguments + output);
    CAPTURE(arguments);
    CHECK(result.exit_status == 2);
    CHECK(result.output == "");
    CHECK_MESSAGE(result.errors.find(expected) != std::string::npos, result.errors);
    CHECK_MESSAGE(std::count(result.errors.begin(), result.errors.end(), '\n') == 1, result.errors);
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

}  // namespace

TEST_CASE("an address in a finding becomes a function with its parameters, file and line") {
  CHECK(symbolized(kHead + "    waits in rebuild" + at("rebuild") + "\n    holds `ledger+0x18`, locked in _ZL8count_upv" + at("count_up") + "\n") ==
        kHead + "    waits in Ledger::rebuild(int) " + line_of("rebuild") + "\n    holds `ledger+0x18`, locked in count_up() " + line_of("count_up") + "\n");
}

TEST_CASE("functions that were inlined follow in lines of the same indentation") {
  const std::string text = symbolized(kHead + "      from Ledger::rebuild" + at("append") + "\n");
  const std::string begin = kHead + "      from Ledger::append(long) " + line_of("append") + "\n      from Ledger::rebuild(int) fixture_program.cpp:";
  CHECK_MESSAGE(text.rfind(begin, 0) == 0, text);
  CHECK(std::count(text.begin(), text.end(), '\n') == 3);
}

// journalctl, docker logs -t and docker compose logs were passed through untouched.
TEST_CASE("findings behind the prefix of what keeps logs are named, and the prefix stays") {
  const std::string head = kHead.substr(0, kHead.size() - 1), in = "    waits in rebuild" + at("append"), other = "    waits in rebuild" + at("rebuild");
  const std::string text = symbolized("Nov 26 01:59:59 host app[17]: " + head + "\nNov 26 01:59:59 host _ZN3foo3barE[9]: " + other + "\nNov 26 02:00:00 host app[17]: " + in + "\n");
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  CHECK(line == "Nov 26 01:59:59 host app[17]: " + head);
  std::getline(lines, line);
  CHECK(line == "Nov 26 01:59:59 host _ZN3foo3barE[9]: " + other);  // of another program
  std::getline(lines, line);
  CHECK(line == "Nov 26 02:00:00 host app[17]:     waits in Ledger::append(long) " + line_of("append"));
  std::getline(lines, line);
  CHECK_MESSAGE(line.rfind("Nov 26 02:00:00 host app[17]:     from Ledger::rebuild(int) fixture_program.cpp:", 0) == 0, line);
  CHECK_FALSE(std::getline(lines, line));
}

TEST_CASE("a name with a space is replaced as a whole") {
  CHECK(symbolized(kHead + "  locked in (anonymous namespace)::count_up" + at("count_up") + "\n") == kHead + "  locked in count_up() " + line_of("count_up") + "\n");
  CHECK(symbolized(kHead + "  locked in 0x4011d2" + at("count_up") + "\n") == kHead + "  locked in count_up() " + line_of("count_up") + "\n");
}

TEST_CASE("lines that are of no finding are passed through byte by byte") {
  const std::string before = "server: up\n  waits in count_up" + at("count_up") + "\nlockwrap: `_ZN3foo3barE` is no finding\n\xff\x01\r\n";
  const std::string after = "\n  indented `_ZN3foo3barE` by somebody else" + at("count_up") + "\nlockwrap: LOCKWRAP_OPTIONS: bad\n  x" + at("rebuild") + "\nno end of line";
  CHECK(symbolized(before + kHead + "  to do: release it.\n" + after) == before + kHead + "  to do: release it.\n" + after);
}

TEST_CASE("a finding is ended by a line of the program, and the next one begins anywhere") {
  const std::string line = "  locked in count_up" + at("count_up") + "\n", named = "  locked in count_up() " + line_of("count_up") + "\n";
  CHECK(symbolized(kHead + line + "server: up\n" + line + kHead + line) == kHead + named + "server: up\n" + line + kHead + named);
  CHECK(symbolized("lockwrap: held-in-call: x\r\n  locked in count_up" + at("count_up") + "\r\n") ==
        "lockwrap: held-in-call: x\r\n  locked in count_up() " + line_of("count_up") + "\r\n");
}

TEST_CASE("mangled names in a finding become readable") {
  CHECK(symbolized("lockwrap: misuse: thread 1 unlocks `_ZN3foo3barE`, which nobody has locked.\n  holds `_ZZ4mainE5table+0x18`\n  holds `_Zebra`\n") ==
        "lockwrap: misuse: thread 1 unlocks `foo::bar`, which nobody has locked.\n  holds `main::table+0x18`\n  holds `_Zebra`\n");
}

TEST_CASE("an address of which nothing is known stays as it is") {
  const std::string text = kHead + "    from 0x7f0012345678 [0x7f0012345678]\n    from x [0xzz]\n    from y [0x123456789abcdef01]\n    [0x]\n    from z [0x12\n";
  CHECK(symbolized(text + "    from rebuild" + at("rebuild") + "\n") == text + "    from Ledger::rebuild(int) " + line_of("rebuild") + "\n");
  // The symbol table alone knows no line.
  const TemporaryFolder folder;
  const std::string bare = folder / "bare";
  REQUIRE(run_shell(LOCKWRAP_OBJCOPY " --strip-debug " + kStatic + " " + bare).exit_status == 0);
  write_file(folder / "log", kHead + "    from rebuild" + at("rebuild") + "\n");
  const CommandResult without_lines = run_lockwrap("symbolize " + (folder / "log") + " --binary " + bare);
  CHECK(without_lines.errors.find("warning: files and lines are missing: " + bare) != std::string::npos);
  CHECK(without_lines.output == kHead + "    from Ledger::rebuild(int)" + at("rebuild") + "\n");
}

TEST_CASE("findings are read from a pipe and written to a file, which may be the same") {
  const TemporaryFolder folder;
  const std::string log = folder / "log";
  write_file(log, kHead + "    from rebuild" + at("rebuild") + "\n");
  const std::string named = kHead + "    from Ledger::rebuild(int) " + line_of("rebuild") + "\n";
  write_file(folder / "log.gz", gzip(read_file(log)));
  CHECK(run_lockwrap("symbolize " + (folder / "log.gz") + " --binary " + kStatic).output == named);
  CHECK(run_shell("cat " + log + " | " LOCKWRAP_COMMAND " symbolize /dev/stdin --binary " + kStatic).output == named);
  CHECK(run_lockwrap("symbolize " + log + " --binary " + kStatic + " -o " + log).output == "");
  CHECK(read_file(log) == named);
}

TEST_CASE("a text is refused without a program, without a finding, and with another build") {
  const TemporaryFolder folder;
  const std::string log = folder / "log", other = folder / "other";
  write_file(log, kHead + "    from count_up" + at("rebuild") + "\n    from main" + at("count_up") + "\n    from rebuild" + at("append") + "\n");
  check_refused(log, log + ": has findings, whose names are in the program that told them; give that with --binary");
  check_refused(log + " --binary /no/such/program", "/no/such/program: cannot be opened");
  check_refused(log + " --binary " + log, log + ": is not an ELF program");
  check_refused(log + " --binary " + kStatic, kStatic + ": is another build than the one that told the findings in " + log + " (2 of 3 functions");
  write_file(log, kHead + "    from 0x10 [0x10]\n");
  check_refused(log + " --binary " + kStatic, kStatic + ": has no function at the address that it was asked for; check that it is the right program");
  write_file(other, "hello, world\n  from x" + at("rebuild") + "\n");
  check_refused(other + " --binary " + kStatic, other + ": is neither a lockwrap profile (not gzip'ed) nor has it a finding");
  check_refused((folder / "none") + " --binary " + kStatic, "cannot be opened");
}

TEST_CASE("a profile is not written to the standard output by default") {
  const TemporaryFolder folder;
  profile_of(facts()).write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("symbolize " + (folder / "a.pb.gz"));
  CHECK(result.exit_status == 2);
  CHECK(result.output == "");
  CHECK(result.errors == "lockwrap: --output is required for a profile; see `lockwrap symbolize --help`\n");
}
