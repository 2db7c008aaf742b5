// Every command that reads a profile, given every kind of wrong file: exit 2, one sentence with the file's name, nothing on the standard
// output, no output file. (What exactly is said of a broken profile is in broken_profile_test.cpp.)
#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <protozero/pbf_writer.hpp>

#include "fixture_facts.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;

namespace {

// BAD is the wrong file, GOOD a right one, OUT where the result would be.
const std::string kCommands[] = {
    "report BAD -o OUT",
    "report BAD --json -o OUT",
    "symbolize BAD -o OUT",
    "export BAD --format=pprof -o OUT",
    "export BAD --format=folded -o OUT",
    "export BAD --format=contention -o OUT",
    "diff GOOD BAD --flame -o OUT",
    "export BAD --format=speedscope -o OUT",
    "export BAD --format=prometheus -o OUT",
    "export BAD --format=csv -o OUT",
    "merge BAD -o OUT",
    "merge GOOD BAD -o OUT",
    "merge --from BAD -o OUT",
    "diff BAD GOOD -o OUT",
    "diff GOOD BAD --json -o OUT",
};
// Those that need no program's file for a profile without names.
const std::string kNamingCommands[] = {
    "report GOOD --binary BAD -o OUT", "symbolize GOOD --binary BAD -o OUT", "export GOOD --format=pprof --binary BAD -o OUT",
    "export GOOD --format=folded --binary BAD -o OUT", "diff GOOD GOOD --binary BAD -o OUT"};

SyntheticProfile good_profile() {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=1000 max_wait_ns=1000 blamed_ns=0 name=a");
  profile.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}}).sample({"waiter", 1, 0x2000, 0, {0x2000}, 1, 1000});
  return profile;
}

std::string with(std::string command, const std::string &word, const std::string &path) {
  for (size_t at = 0; (at = command.find(word, at)) != std::string::npos; at += path.size()) command.replace(at, word.size(), path);
  return command;
}

struct Case {
  TemporaryFolder folder;
  std::string good = folder / "good.pb.gz", out = folder / "out";

  Case() { good_profile().write(good); }

  std::string command(const std::string &pattern, const std::string &bad) const { return with(with(with(pattern, "BAD", bad), "GOOD", good), "OUT", out); }

  // `before`: a shell's words in front of the command.
  void refused(const std::string &pattern, const std::string &bad, const std::string &before = "") {
    const CommandResult result = run_shell(before + LOCKWRAP_COMMAND " " + command(pattern, bad));
    CAPTURE(pattern);
    CAPTURE(bad);
    CHECK(result.exit_status == 2);
    CHECK(result.output == "");
    CHECK_MESSAGE(result.errors.rfind("lockwrap: ", 0) == 0, result.errors);
    CHECK_MESSAGE(result.errors.find(bad) != std::string::npos, result.errors);
    CHECK_MESSAGE(std::count(result.errors.begin(), result.errors.end(), '\n') == 1, result.errors);
    for (const auto &entry : std::filesystem::directory_iterator(folder.path())) CHECK(entry.path().filename().string().rfind("out", 0) != 0);
  }
  void refused_by_all(const std::string &bad) {
    for (const std::string &pattern : kCommands) refused(pattern, bad);
  }
  void content_refused(const std::string &content) {
    write_file(folder / "bad.pb.gz", content);
    for (const std::string &pattern : kCommands) {
      if (pattern.find("--from") == std::string::npos) refused(pattern, folder / "bad.pb.gz");
    }
  }
};

}  // namespace

TEST_CASE("every command refuses what is no file, or no profile") {
  Case test;
  test.refused_by_all(test.folder / "missing.pb.gz");
  test.refused_by_all(test.folder.path());
  write_file(test.folder / "empty.pb.gz", "");
  test.refused_by_all(test.folder / "empty.pb.gz");
  test.content_refused("hello, world\n");
  test.content_refused(gzip("hello, world\n"));
  test.content_refused(gzip(SyntheticProfile("some other tool's comment").bytes()));
  test.content_refused(gzip(SyntheticProfile("lockwrap process version=2 pid=1 program=x").bytes()));
}

TEST_CASE("every command refuses a profile that was cut anywhere") {
  Case test;
  const std::string whole = read_file(test.good);
  for (size_t part = 1; part < 8; ++part) test.content_refused(whole.substr(0, whole.size() * part / 8));
  test.content_refused(whole.substr(0, whole.size() - 1));
}

TEST_CASE("every command refuses a profile with wrong bytes in the middle") {
  Case test;
  for (size_t part = 2; part < 8; part += 2) {
    std::string content = read_file(test.good);
    content[content.size() * part / 8] ^= 0x5a;
    test.content_refused(content);
  }
}

TEST_CASE("every command refuses a profile that Go wrote") {
  Case test;
  write_file(test.folder / "main.go",
             "package main\nimport (\"os\"; \"runtime/pprof\")\nfunc main() { f, _ := os.Create(os.Args[1]); pprof.Lookup(\"heap\").WriteTo(f, 0); f.Close() }\n");
  const std::string bad = test.folder / "go.pb.gz";
  const CommandResult made = run_shell("HOME=" + test.folder.path() + " go run " + (test.folder / "main.go") + " " + bad);
  REQUIRE_MESSAGE(made.exit_status == 0, made.errors);
  for (const std::string &pattern : kCommands) {
    if (pattern.find("--from") == std::string::npos) test.refused(pattern, bad);
  }
}

TEST_CASE("every command refuses a file that it may not read" * doctest::skip(geteuid() != 0)) {
  Case test;
  const std::string bad = test.folder / "bad.pb.gz";
  good_profile().write(bad);
  chmod(bad.c_str(), 0600);
  chmod(test.folder.path().c_str(), 0777);
  // Root may read everything: another user tries, with a copy of the command, which may lie in a folder closed to others.
  std::filesystem::copy_file(LOCKWRAP_COMMAND, test.folder / "lockwrap");
  for (const std::string &pattern : kCommands) {
    const CommandResult result = run_shell("setpriv --reuid=65534 --regid=65534 --clear-groups " + (test.folder / "lockwrap") + " " + test.command(pattern, bad));
    CAPTURE(pattern);
    CHECK(result.exit_status == 2);
    CHECK_MESSAGE(result.errors.find(bad + ": cannot be opened (Permission denied)") != std::string::npos, result.errors);
    CHECK_FALSE(std::filesystem::exists(test.out));
  }
}

TEST_CASE("every command that takes a program refuses a wrong one") {
  Case test;
  write_file(test.folder / "text", "no program\n");
  for (const std::string &bad : {test.folder / "missing", test.folder / "text", test.folder.path(), std::string(LOCKWRAP_FIXTURE_PIE)}) {
    for (const std::string &pattern : kNamingCommands) test.refused(pattern, bad);
  }
}

TEST_CASE("a program without debug information costs the lines, without symbols also the names, which are all that symbolize is for") {
  Case test;
  profile_of(run_fixture(LOCKWRAP_FIXTURE_STATIC, "22aa00000000000000000000000000000000beef")).write(test.good);
  for (const char *option : {"--strip-debug", "--strip-all"}) {
    REQUIRE(run_shell(std::string(LOCKWRAP_OBJCOPY " ") + option + " " LOCKWRAP_FIXTURE_STATIC " " + (test.folder / "stripped")).exit_status == 0);
    for (const std::string &pattern : kNamingCommands) {
      const CommandResult result = run_lockwrap(test.command(pattern, test.folder / "stripped"));
      CAPTURE(pattern);
      const bool is_refused = pattern.rfind("symbolize", 0) == 0 && std::string(option) == "--strip-all";
      CHECK_MESSAGE(result.exit_status == (is_refused ? 2 : 0), result.errors);
      CHECK(result.errors.find(is_refused ? ": is stripped (it has no symbols); give " : "lockwrap: warning: ") != std::string::npos);
      CHECK(std::filesystem::exists(test.out) == !is_refused);
      std::filesystem::remove(test.out);
    }
    const std::string folded = run_lockwrap("export " + test.good + " --format=folded --binary " + (test.folder / "stripped")).output;
    CHECK((folded.find("Ledger::rebuild") != std::string::npos) == (std::string(option) == "--strip-debug"));
  }
}

TEST_CASE("every command says that the disk is full and leaves nothing") {
  Case test;
  std::string filled = test.folder / "disk";
  const bool has_disk = geteuid() == 0 && mkdir(filled.c_str(), 0755) == 0 && run_shell("mount -t tmpfs -o size=4k,nr_inodes=10 none " + filled).exit_status == 0;
  if (has_disk) run_shell("head -c 4096 /dev/zero > " + filled + "/full");
  for (const std::string &pattern : kCommands) {
    if (pattern.find("--from") != std::string::npos) continue;
    std::string command = with(with(pattern, "BAD", test.good), "GOOD", test.good);
    if (command.rfind("symbolize", 0) == 0) continue;  // needs the program; writes as the others do
    const CommandResult device = run_lockwrap(with(command, "OUT", "/dev/full"));
    CAPTURE(command);
    CHECK(device.exit_status == 2);
    CHECK_MESSAGE(device.errors.find("/dev/full: cannot be written (No space left on device)") != std::string::npos, device.errors);
    if (!has_disk) continue;
    const CommandResult full = run_lockwrap(with(command, "OUT", filled + "/out"));
    CHECK(full.exit_status == 2);
    CHECK_MESSAGE(full.errors.find(filled + "/out: cannot be written") != std::string::npos, full.errors);
    CHECK(std::distance(std::filesystem::directory_iterator(filled), {}) == 1);
  }
  if (has_disk) run_shell("umount " + filled);
}

TEST_CASE("what is wrong with the first profile is said without waiting for the second") {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  const CommandResult result = run_shell("mkfifo " + pipe + " && timeout 30 " LOCKWRAP_COMMAND " diff " + (folder / "none.pb.gz") + " " + pipe);
  CHECK(result.exit_status == 2);
  CHECK_MESSAGE(result.errors.find("none.pb.gz: cannot be opened") != std::string::npos, result.errors);
}
