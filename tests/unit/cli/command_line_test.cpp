// The command as a shell sees it: exit status, streams, files.
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

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
