// The command as a shell sees it: exit status, streams, files.
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

SyntheticProfile named_profile() {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=1000 "
                  "max_wait_ns=1000 blamed_ns=0 name=accounts");
  profile.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 1, 1000});
  return profile;
}

}  // namespace

TEST_CASE("wrong usage exits with 2 and one sentence") {
  for (const char *arguments : {"", "no-such-command", "report", "report --no-such-option x", "report x --by=size",
                                "report x --side=both", "report x --top=many", "report x --top=-1", "symbolize x",
                                "report x y", "report --binary", "check", "check x y", "check --no-such-option x", "export x", "export x --format=xml", "export x --format=folded --top 3",
                                "export x --format=csv --side=waiter", "export x --format=pprof --table=pairs", "merge x", "merge -o x",
                                "diff x", "diff x y --fail-on wait", "report x --fail-on 'wait>5'"}) {
    CAPTURE(arguments);
    const CommandResult result = run_lockwrap(arguments);
    CHECK(result.exit_status == 2);
    CHECK(result.output == "");
    CHECK(result.errors.rfind("lockwrap: ", 0) == 0);
    CHECK_MESSAGE(std::count(result.errors.begin(), result.errors.end(), '\n') == 1, result.errors);
  }
}

TEST_CASE("help and version go to the standard output") {
  const CommandResult version = run_lockwrap("--version");
  CHECK(version.exit_status == 0);
  CHECK(version.output.rfind("lockwrap 0.", 0) == 0);
  for (const char *arguments : {"--help", "report --help", "symbolize --help", "check --help", "flame --help", "top --help", "graph --help", "html --help", "export --help", 
                                "merge --help", "diff --help", "flags --help"}) {
    CAPTURE(arguments);
    const CommandResult help = run_lockwrap(arguments);
    CHECK(help.exit_status == 0);
    CHECK(help.errors == "");
    CHECK(help.output.find("Example") != std::string::npos);
  }
}

TEST_CASE("a report goes to a file whole or not at all") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  const std::string profile = folder / "a.pb.gz";
  CHECK(run_lockwrap("report " + profile + " -o " + (folder / "out")).exit_status == 0);
  CHECK(read_file(folder / "out") == run_lockwrap("report " + profile).output);

  const CommandResult no_folder = run_lockwrap("report " + profile + " -o /no/such/folder/out");
  CHECK(no_folder.exit_status == 2);
  CHECK(no_folder.errors.find("/no/such/folder/out: cannot be written") != std::string::npos);

  // A limit on the size of files stops the write in the middle.
  const CommandResult limited = run_shell("trap '' XFSZ; ulimit -f 0; " LOCKWRAP_COMMAND " report " + profile + " -o " + (folder / "cut"));
  CHECK(limited.exit_status != 0);
  std::filesystem::remove(folder / "out");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("an existing output keeps its mode and its symbolic link") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  write_file(folder / "real", "old");
  chmod((folder / "real").c_str(), 0640);
  REQUIRE(symlink("real", (folder / "link").c_str()) == 0);
  CHECK(run_lockwrap("report " + (folder / "a.pb.gz") + " -o " + (folder / "link")).exit_status == 0);
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "real").find("accounts") != std::string::npos);
  struct stat status;
  REQUIRE(stat((folder / "real").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
}

TEST_CASE("a device as output is written to and stays a device") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  CHECK(run_lockwrap("report " + (folder / "a.pb.gz") + " -o /dev/null").exit_status == 0);
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK(run_lockwrap("report " + (folder / "a.pb.gz") + " -o -").output.find("accounts") != std::string::npos);
}

TEST_CASE("a full standard output is an error") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  const CommandResult result = run_shell(LOCKWRAP_COMMAND " report " + (folder / "a.pb.gz") + " > /dev/full");
  CHECK(result.exit_status == 2);
  CHECK(result.errors.find("standard output: cannot be written") != std::string::npos);
}

TEST_CASE("a profile can be read from a pipe") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  const CommandResult result = run_shell("cat " + (folder / "a.pb.gz") + " | " LOCKWRAP_COMMAND " report /dev/stdin");
  CHECK(result.exit_status == 0);
  CHECK(result.output.find("accounts") != std::string::npos);
}

TEST_CASE("a command that does not exist is told by its name, with the one that may be meant") {
  CHECK(run_lockwrap("reprot x").errors == "lockwrap: 'reprot' is no command; is it 'report'? see `lockwrap --help`\n");
  CHECK(run_lockwrap("exprot x --format=csv").errors.rfind("lockwrap: 'exprot' is no command; is it 'export'?", 0) == 0);
  CHECK(run_lockwrap("service.pb.gz").errors == "lockwrap: 'service.pb.gz' is no command; see `lockwrap --help`\n");
  CHECK(run_lockwrap("").errors == "lockwrap: a command is missing; see `lockwrap --help`\n");
  CHECK(run_lockwrap("--side=holder report x").errors == "lockwrap: a command comes first, not '--side=holder'; see `lockwrap --help`\n");
}

TEST_CASE("an error of usage points to the help of its command, and names what was meant") {
  CHECK(run_lockwrap("report").errors == "lockwrap: FILE is required; see `lockwrap report --help`\n");
  CHECK(run_lockwrap("completion").errors == "lockwrap: SHELL is required; see `lockwrap completion --help`\n");
  CHECK(run_lockwrap("report x --side").errors == "lockwrap: --side needs a value, one of waiter, holder; see `lockwrap report --help`\n");
  CHECK(run_lockwrap("report x --binary").errors == "lockwrap: --binary needs a value; see `lockwrap report --help`\n");
}

// -1 was a very large number; the error of 0 had 309 digits.
TEST_CASE("numbers that count something are whole, and the error says from which on") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  const std::string profile = folder / "a.pb.gz";
  for (const std::string &command : {"report " + profile + " --top", "diff " + profile + " " + profile + " --top", "export " + profile + " --format=csv --top"}) {
    CAPTURE(command);
    for (const char *number : {"-1", "1.5", "many", "9999999999"}) {
      const CommandResult result = run_lockwrap(command + " " + number);
      CHECK(result.exit_status == 2);
      CHECK(result.errors.rfind("lockwrap: --top: '" + std::string(number) + "' is no whole number from 0 on; see `lockwrap ", 0) == 0);
    }
    CHECK(run_lockwrap(command + " 0").exit_status == 0);
  }
  CHECK(run_lockwrap("top " + profile + " -n 0").errors == "lockwrap: --rounds: '0' is no whole number from 1 on; see `lockwrap top --help`\n");
  CHECK(run_lockwrap("top " + profile + " -n 1").exit_status == 0);
}

TEST_CASE("a command whose result is a file for others says what there is instead of JSON") {
  const std::map<std::string, std::string> there_is = {
      {"html", "`lockwrap graph --json`"}, {"merge", "`lockwrap report OUT --json`"}, {"flame", "`lockwrap export --format=speedscope`"}};
  for (const auto &entry : there_is) {
    const std::string &command = entry.first;
    CAPTURE(command);
    for (const char *arguments : {" --json", " x --json", " --json x -o y"}) {
      const CommandResult result = run_lockwrap(command + arguments);
      CHECK(result.exit_status == 2);
      CHECK(result.errors.rfind("lockwrap: --json is not for `lockwrap " + command + "`: its result is a ", 0) == 0);
      CHECK_MESSAGE(result.errors.find(entry.second) != std::string::npos, result.errors);
    }
    CHECK(run_lockwrap(command + " --help").output.find("--json ") == std::string::npos);
  }
}

// A lock that has got another name made a build server's condition pass for ever.
TEST_CASE("a condition about a lock that is not there is told") {
  const TemporaryFolder folder;
  named_profile().write(folder / "a.pb.gz");
  const std::string profile = folder / "a.pb.gz";
  for (const std::string &command : {"report " + profile, "diff " + profile + " " + profile}) {
    CAPTURE(command);
    const CommandResult unknown = run_lockwrap(command + " --fail-on 'lock:acounts.max>10ms' --fail-on 'wait>1h'");
    CHECK(unknown.exit_status == 0);
    CHECK(unknown.errors.rfind("lockwrap: warning: --fail-on 'lock:acounts.max>10ms' is about a lock that is not in " + profile, 0) == 0);
    CHECK(unknown.errors.find("; there are: accounts\n") != std::string::npos);
    CHECK(run_lockwrap(command + " --fail-on 'lock:accounts.max>10ms'").errors == "");
  }
  SyntheticProfile().write(profile);
  CHECK(run_lockwrap("report " + profile + " --fail-on 'lock:acounts.max>10ms'").errors == "");  // nothing was waited for: a good result
}

TEST_CASE("the help says what a condition's per cent are of") {
  CHECK(run_lockwrap("report --help").output.find("% is a share of the watched time, of all waits together: wait>60% holds when more than 0.6 threads wait on average") != std::string::npos);
  CHECK(run_lockwrap("diff --help").output.find("% is growth from BEFORE to AFTER") != std::string::npos);
}
