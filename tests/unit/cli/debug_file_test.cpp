// Which file the names come from: the right build or none, and the debug file when the program has been stripped.
#include <doctest/doctest.h>

#include <filesystem>

#include "fixture_facts.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

const char kBuildId[] = "33aa00000000000000000000000000000000beef";

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

std::string objcopy(const std::string &arguments) {
  const CommandResult result = run_shell(LOCKWRAP_OBJCOPY " " + arguments);
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  return "";
}

// A profile of the static PIE, which then claims to come from FOLDER/service.
struct StrippedFixture {
  TemporaryFolder folder;
  FixtureFacts facts = run_fixture(LOCKWRAP_FIXTURE_STATIC_PIE, kBuildId);
  std::string profile = folder / "a.pb.gz";
  std::string program = folder / "service";

  StrippedFixture() {
    objcopy("--strip-all " + facts.path + " " + program);
    facts.path = program;
    profile_of(facts).write(profile);
  }
};

const std::string kOriginal = LOCKWRAP_FIXTURE_STATIC_PIE;

}  // namespace

TEST_CASE("a stripped program gives addresses and no wrong names") {
  const StrippedFixture stripped;
  const CommandResult result = run_lockwrap("report " + stripped.profile);
  CHECK(result.exit_status == 0);
  CHECK_FALSE(has(result.output, "rebuild"));
  CHECK(has(result.output, "mutex first used in 0x"));
}

TEST_CASE("a debug file is found by build-id in a given directory") {
  const StrippedFixture stripped;
  std::filesystem::create_directories(stripped.folder / "debug/.build-id/33");
  objcopy("--only-keep-debug " + kOriginal + " " + (stripped.folder / "debug/.build-id/33/") + std::string(kBuildId + 2) + ".debug");
  const CommandResult result = run_lockwrap("report " + stripped.profile + " --debug-directory " + (stripped.folder / "debug"));
  CHECK(result.exit_status == 0);
  CHECK(has(result.output, "Ledger::rebuild() fixture_program.cpp:"));
  CHECK(has(result.output, "accounts"));
}

TEST_CASE("a debug file is found by its link beside the program") {
  const StrippedFixture stripped;
  objcopy("--only-keep-debug " + kOriginal + " " + (stripped.folder / "service.debug"));
  run_shell("cd " + stripped.folder.path() + " && " LOCKWRAP_OBJCOPY " --add-gnu-debuglink=service.debug service");
  const CommandResult result = run_lockwrap("report " + stripped.profile);
  CHECK(has(result.output, "Ledger::rebuild() fixture_program.cpp:"));
  CHECK(has(result.output, "ledger+0x18"));
}

TEST_CASE("a debug file can be given as the binary") {
  const StrippedFixture stripped;
  objcopy("--only-keep-debug " + kOriginal + " " + (stripped.folder / "only.debug"));
  const CommandResult result = run_lockwrap("report " + stripped.profile + " --binary " + (stripped.folder / "only.debug"));
  CHECK_MESSAGE(has(result.output, "Ledger::rebuild() fixture_program.cpp:"), result.errors);
}

TEST_CASE("a program without debug information gives functions of its symbol table") {
  const StrippedFixture stripped;
  objcopy("--strip-debug " + kOriginal + " " + stripped.program);
  const CommandResult result = run_lockwrap("report " + stripped.profile);
  CHECK(has(result.output, "Ledger::rebuild() ("));
  CHECK(has(result.output, "accounts"));
  CHECK_FALSE(has(result.output, ".cpp:"));
}

TEST_CASE("another build of the program is refused with both build-ids") {
  const StrippedFixture stripped;
  const std::string named = stripped.folder / "named.pb.gz";
  for (const std::string &arguments : {"report " + stripped.profile + " --binary " LOCKWRAP_FIXTURE_STATIC,
                                       "symbolize " + stripped.profile + " --binary " LOCKWRAP_FIXTURE_STATIC " -o " + named}) {
    const CommandResult result = run_lockwrap(arguments);
    CHECK(result.exit_status == 2);
    CHECK(has(result.errors, LOCKWRAP_FIXTURE_STATIC ": is another build than the one that wrote " + stripped.profile));
    CHECK(has(result.errors, kBuildId));
    CHECK(has(result.errors, "22aa00000000000000000000000000000000beef"));
    CHECK_FALSE(std::filesystem::exists(named));
  }
}

TEST_CASE("a program that was replaced by another build costs the report its names only") {
  const StrippedFixture stripped;
  std::filesystem::copy_file(LOCKWRAP_FIXTURE_STATIC, stripped.program, std::filesystem::copy_options::overwrite_existing);
  const CommandResult report = run_lockwrap("report " + stripped.profile);
  CHECK(report.exit_status == 0);
  CHECK(has(report.errors, "warning: addresses are shown instead of names"));
  CHECK_FALSE(has(report.output, "rebuild"));
  const CommandResult symbolize = run_lockwrap("symbolize " + stripped.profile + " -o " + (stripped.folder / "named.pb.gz"));
  CHECK(symbolize.exit_status == 2);
}

TEST_CASE("a program that is gone costs the report its names only") {
  const StrippedFixture stripped;
  std::filesystem::remove(stripped.program);
  const CommandResult result = run_lockwrap("report " + stripped.profile);
  CHECK(result.exit_status == 0);
  CHECK(has(result.errors, stripped.program + ": cannot be opened"));
  CHECK(run_lockwrap("symbolize " + stripped.profile + " -o " + (stripped.folder / "x")).exit_status == 2);
}

// As from a container: what the profile names is not here.
TEST_CASE("a program that is elsewhere is found by build-id in a given directory") {
  const std::string id = kBuildId;
  const std::string by_id = "debug/.build-id/" + id.substr(0, 2) + "/" + id.substr(2);
  for (const std::string &place : {by_id, by_id + ".debug", std::string("debug/service")}) {
    for (const bool replaced : {false, true}) {
      CAPTURE(place);
      CAPTURE(replaced);
      const StrippedFixture stripped;
      if (replaced) std::filesystem::copy_file(LOCKWRAP_FIXTURE_STATIC, stripped.program, std::filesystem::copy_options::overwrite_existing);
      else std::filesystem::remove(stripped.program);
      const std::string copy = stripped.folder / place;
      std::filesystem::create_directories(std::filesystem::path(copy).parent_path());
      if (place.ends_with(".debug")) objcopy("--only-keep-debug " + kOriginal + " " + copy);
      else std::filesystem::copy_file(kOriginal, copy);
      const std::string directory = " --debug-directory " + (stripped.folder / "debug");
      const CommandResult report = run_lockwrap("report " + stripped.profile + directory);
      CHECK_MESSAGE(has(report.output, "Ledger::rebuild() fixture_program.cpp:"), report.errors);
      CHECK(report.errors.empty());
      const std::string named = stripped.folder / "named.pb.gz";
      CHECK(run_lockwrap("symbolize " + stripped.profile + directory + " -o " + named).exit_status == 0);
      CHECK(has(run_lockwrap("report " + named).output, "Ledger::rebuild() fixture_program.cpp:"));
    }
  }
}

TEST_CASE("a program of the same name and another build-id is not taken") {
  const StrippedFixture stripped;
  std::filesystem::remove(stripped.program);
  std::filesystem::create_directories(stripped.folder / "debug");
  std::filesystem::copy_file(LOCKWRAP_FIXTURE_STATIC, stripped.folder / "debug/service");
  const CommandResult result = run_lockwrap("symbolize " + stripped.profile + " --debug-directory " + (stripped.folder / "debug") +
                                            " -o " + (stripped.folder / "named.pb.gz"));
  CHECK(result.exit_status == 2);
  CHECK(has(result.errors, stripped.program + ": cannot be opened"));
  CHECK(has(result.errors, "no program with build-id " + std::string(kBuildId) + " is in the folders given with --debug-directory"));
}

// Some compilers (musl-gcc) link without one.
TEST_CASE("a program without a build-id is found by its name in a given directory") {
  TemporaryFolder folder;
  FixtureFacts facts = run_fixture(LOCKWRAP_FIXTURE_STATIC_PIE, "");
  facts.path = folder / "service";
  const std::string profile = folder / "a.pb.gz";
  profile_of(facts).write(profile);
  const std::string directory = folder / "debug";
  const std::string arguments = "report " + profile + " --debug-directory " + directory;
  std::filesystem::create_directories(directory);
  std::filesystem::copy_file(kOriginal, directory + "/service");
  CHECK(has(run_lockwrap(arguments).errors, facts.path + ": cannot be opened"));  // that one has a build-id: another build
  objcopy("--remove-section=.note.gnu.build-id " + kOriginal + " " + directory + "/service");
  const CommandResult result = run_lockwrap(arguments);
  CHECK_MESSAGE(has(result.output, "Ledger::rebuild() fixture_program.cpp:"), result.errors);
}

TEST_CASE("a binary that is no program is refused with its name") {
  const StrippedFixture stripped;
  write_file(stripped.folder / "text", "no program");
  std::string broken = read_file(kOriginal);
  broken.resize(1000);
  write_file(stripped.folder / "cut", broken);
  for (const char *name : {"text", "cut", "."}) {
    CAPTURE(name);
    const CommandResult result = run_lockwrap("report " + stripped.profile + " --binary " + (stripped.folder / name));
    CHECK(result.exit_status == 2);
    CHECK(has(result.errors, stripped.folder / name));
  }
}
