// A program that was stripped gave bare addresses without one word: what is missing is told, whatever the command, and when nothing is missing
// nothing is.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "fixture_facts.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

const char kBuildId[] = "22aa00000000000000000000000000000000beef";
const std::string kProgram = LOCKWRAP_FIXTURE_STATIC;

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

struct StrippedFixture {
  TemporaryFolder folder;
  FixtureFacts facts = run_fixture(kProgram, kBuildId);
  std::string profile = folder / "a.pb.gz", stripped = folder / "stripped", symbols = folder / "symbols", out = folder / "out";
  std::string stripped_text = stripped + ": is stripped (it has no symbols); give the unstripped program with --binary, or the folder of its debug file with --debug-directory";
  std::string symbols_text = symbols + ": has symbols but no debug information; build it with -g, or give it as it was before strip with --binary, or the folder of its debug file with --debug-directory";

  StrippedFixture() {
    REQUIRE(run_shell(LOCKWRAP_OBJCOPY " --strip-all " + kProgram + " " + stripped).exit_status == 0);
    REQUIRE(run_shell(LOCKWRAP_OBJCOPY " --strip-debug " + kProgram + " " + symbols).exit_status == 0);
    profile_of(facts).write(profile);
  }
};

const std::string kCommands[] = {"report FILE",  "report FILE --json", "report FILE --side=holder", "flame FILE", "html FILE", "export FILE --format=folded",
                                 "export FILE --format=pprof", "export FILE --format=prometheus", "diff FILE FILE", "top FILE"};

std::string with_file(std::string command, const std::string &path) {
  for (size_t at = 0; (at = command.find("FILE")) != std::string::npos;) command.replace(at, 4, path);
  return command;
}

}  // namespace

TEST_CASE("every command says once that the program is stripped, or has no lines") {
  const StrippedFixture fixture;
  for (const std::string &pattern : kCommands) {
    CAPTURE(pattern);
    const std::string command = with_file(pattern, fixture.profile);
    const CommandResult stripped = run_lockwrap(command + " --binary " + fixture.stripped);
    CHECK(stripped.exit_status == 0);
    CHECK(stripped.output != "");
    CHECK(stripped.errors == "lockwrap: warning: addresses are shown instead of names: " + fixture.stripped_text + "\n");
    const CommandResult symbols = run_lockwrap(command + " --binary " + fixture.symbols);
    CHECK(symbols.exit_status == 0);
    CHECK(symbols.errors == "lockwrap: warning: files and lines are missing: " + fixture.symbols_text + "\n");
    for (const char *cache : {"cold or warm", "warm", "--no-cache"}) {
      CAPTURE(cache);
      CHECK(run_lockwrap(command + " --binary " + kProgram + (cache[0] == '-' ? " --no-cache" : "")).errors == "");
    }
  }
}

TEST_CASE("the program that a profile names may be the stripped one") {
  StrippedFixture fixture;
  fixture.facts.path = fixture.stripped;
  profile_of(fixture.facts).write(fixture.profile);
  CHECK(has(run_lockwrap("report " + fixture.profile).errors, fixture.stripped_text));
  std::filesystem::create_directories(fixture.folder / "debug/.build-id/22");
  REQUIRE(run_shell(LOCKWRAP_OBJCOPY " --only-keep-debug " + kProgram + " " + (fixture.folder / "debug/.build-id/22/") + (kBuildId + 2) + ".debug").exit_status == 0);
  const CommandResult found = run_lockwrap("report " + fixture.profile + " --debug-directory " + (fixture.folder / "debug"));
  CHECK(found.errors == "");
  CHECK(has(found.output, "Ledger::rebuild()"));
}

TEST_CASE("symbolize refuses a profile to which it can add no name, and says when it adds no lines") {
  const StrippedFixture fixture;
  const CommandResult refused = run_lockwrap("symbolize " + fixture.profile + " --binary " + fixture.stripped + " -o " + fixture.out);
  CHECK(refused.exit_status == 2);
  CHECK(refused.errors == "lockwrap: " + fixture.stripped_text + "\n");
  CHECK_FALSE(std::filesystem::exists(fixture.out));
  const CommandResult warned = run_lockwrap("symbolize " + fixture.profile + " --binary " + fixture.symbols + " -o " + fixture.out);
  CHECK(warned.exit_status == 0);
  CHECK(warned.errors == "lockwrap: warning: files and lines are missing: " + fixture.symbols_text + "\n");
  CHECK(has(run_lockwrap("report " + fixture.out).output, "Ledger::rebuild()"));
  CHECK(run_lockwrap("symbolize " + fixture.profile + " --binary " + kProgram + " -o " + fixture.out).errors == "");
}

TEST_CASE("code without debug information in a program that has some is told, if nothing else was waited for") {
  const StrippedFixture fixture;
  SyntheticProfile profile;
  profile.mapping(fixture.facts.start, fixture.facts.limit, fixture.facts.offset, kProgram, kBuildId);
  // printf of libc, of which the static program has the name alone.
  const CommandResult found = run_shell("nm " + kProgram + " | awk '$3 == \"printf\" {print \"0x\" $1}'");
  REQUIRE(found.output != "");
  const uint64_t site = std::stoull(found.output, nullptr, 16) + 1;
  const std::string comment = "lockwrap lock id=1 kind=mutex address=0x1 created=0x0 first_use=0x0 contentions=1 wait_ns=1000 max_wait_ns=1000 blamed_ns=0 name=a";
  profile.comment(comment).sample({"waiter", 1, site, 0, {site}, 1, 1000});
  profile.write(fixture.profile);
  CHECK(has(run_lockwrap("report " + fixture.profile).errors, "files and lines are missing: " + kProgram + ": has no debug information of the code that was asked for; build it with -g"));
  // Its caller has lines: nothing is wrong with the program.
  const uint64_t caller = fixture.facts.calls.at("rebuild").addresses.front();
  profile.comment(comment).sample({"waiter", 1, site, 0, {site, caller}, 1, 1000});
  profile.write(fixture.profile);
  CHECK(run_lockwrap("report " + fixture.profile).errors == "");
}

TEST_CASE("a profile in which nothing has to be named warns of no program") {
  const TemporaryFolder folder;
  SyntheticProfile().write(folder / "a.pb.gz");
  CHECK(run_lockwrap("report " + (folder / "a.pb.gz")).errors == "");
  CHECK(run_lockwrap("report " + (folder / "a.pb.gz") + " --binary /no/such/program").exit_status == 2);
  SyntheticProfile waited;
  waited.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=1000 max_wait_ns=1000 blamed_ns=0");
  waited.write(folder / "a.pb.gz");
  CHECK(has(run_lockwrap("report " + (folder / "a.pb.gz")).errors, "warning: addresses are shown instead of names: /no/such/program: cannot be opened"));
}

TEST_CASE("a stripped program of the same build is not taken for another one by the names in findings") {
  const StrippedFixture fixture;
  std::string text = "lockwrap: deadlock: thread a/1 waits for `accounts`, held by b/2.\n  thread a/1 waits for `accounts`, held by b/2, since 1.00 s\n";
  for (const auto &[name, call] : fixture.facts.calls) {
    char line[128];
    snprintf(line, sizeof line, "    waits in %s [0x%llx]\n", name.c_str(), static_cast<unsigned long long>(call.addresses.front()));
    text += line;
  }
  write_file(fixture.folder / "log", text);
  const std::string log = fixture.folder / "log";
  const CommandResult refused = run_lockwrap("symbolize " + log + " --binary " + fixture.stripped + " -o " + fixture.out);
  CHECK(refused.exit_status == 2);
  CHECK(refused.errors == "lockwrap: " + fixture.stripped_text + "\n");
  CHECK_FALSE(std::filesystem::exists(fixture.out));
  const CommandResult warned = run_lockwrap("symbolize " + log + " --binary " + fixture.symbols);
  CHECK(warned.exit_status == 0);
  CHECK(warned.errors == "lockwrap: warning: files and lines are missing: " + fixture.symbols_text + "\n");
  const CommandResult drawn = run_lockwrap("graph " + log + " --dot --binary " + fixture.stripped);
  CHECK(drawn.exit_status == 0);
  CHECK(drawn.errors == "lockwrap: warning: addresses are shown instead of names: " + fixture.stripped_text + "\n");
}
