// Names that are kept from one command to the next: never other ones than the program's file gives, and never an error.
#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

#include "names/cache_folder.h"
#include "names/symbol_cache.h"
#include "fixture_facts.h"
#include "profile/gzip_file.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

namespace fs = std::filesystem;

const char kBuildId[] = "33aa00000000000000000000000000000000beef";

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

// A profile of the static PIE, whose program is a copy in the folder; with a cache of its own.
struct CachedFixture {
  TemporaryFolder folder;
  FixtureFacts facts = run_fixture(LOCKWRAP_FIXTURE_STATIC_PIE, kBuildId);
  std::string profile = folder / "a.pb.gz", program = folder / "service", caches = folder / "caches";
  std::string file = caches + "/lockwrap/" + kBuildId + ".pb.gz";

  CachedFixture() {
    fs::copy_file(facts.path, program);
    facts.path = program;
    profile_of(facts).write(profile);
  }
  CommandResult run(const std::string &arguments) const { return run_shell("XDG_CACHE_HOME=" + caches + " " LOCKWRAP_COMMAND " " + arguments); }
  std::string report(const std::string &more = "", bool is_whole = true) const {
    const CommandResult result = run("report " + profile + " " + more);
    CHECK(result.exit_status == 0);
    if (is_whole) CHECK_MESSAGE(result.errors == "", result.errors);
    else CHECK_MESSAGE(has(result.errors, " missing: ") != has(result.errors, ": is stripped ("), result.errors);
    return result.output;
  }
  std::string report_of_stripped() const { return report("", false); }
  void objcopy(const std::string &option) const { REQUIRE(run_shell(LOCKWRAP_OBJCOPY " " + option + " " + program).exit_status == 0); }
  // Another name in the cache: what shows it came from there.
  void mark() const {
    std::string bytes = lockwrap::cli::read_gzip_file(file);
    for (size_t at = 0; (at = bytes.find("rebuild", at)) != std::string::npos;) bytes.replace(at, 7, "rewrite");
    write_file(file, gzip(bytes));
  }
};

}  // namespace

TEST_CASE("names come from the cache the second time, and are the same") {
  const CachedFixture fixture;
  for (const char *command : {"report ", "report --json ", "flame ", "html ", "export --format=folded ", "export --format=csv ", "export --format=pprof -o - "}) {
    CAPTURE(command);
    fs::remove_all(fixture.caches);
    const CommandResult cold = fixture.run(command + fixture.profile);
    CHECK(fs::is_regular_file(fixture.file));
    const CommandResult warm = fixture.run(command + fixture.profile);
    CHECK(cold.exit_status == 0);
    CHECK(cold.output == warm.output);
    CHECK(cold.output == fixture.run(command + fixture.profile + " --no-cache").output);
  }
  CHECK(has(fixture.report(), "Ledger::rebuild()"));
  fixture.mark();
  CHECK(has(fixture.report(), "Ledger::rewrite()"));
  CHECK(has(fixture.report("--no-cache"), "Ledger::rebuild()"));
}

TEST_CASE("the cache is nobody else's to read, and can be switched off") {
  const CachedFixture fixture;
  fixture.report("--no-cache");
  CHECK_FALSE(fs::exists(fixture.caches));
  for (const char *environment : {"env -u HOME -u XDG_CACHE_HOME ", "HOME= XDG_CACHE_HOME= ", "HOME=relative XDG_CACHE_HOME=caches "}) {
    const CommandResult result = run_shell("cd " + fixture.folder.path() + " && " + environment + LOCKWRAP_COMMAND " report " + fixture.profile);
    CHECK_MESSAGE(result.errors == "", result.errors);
    CHECK(has(result.output, "Ledger::rebuild()"));
    CHECK_FALSE(fs::exists(fixture.caches));
    CHECK_FALSE(fs::exists(fixture.folder / "relative"));
  }
  run_shell("unset XDG_CACHE_HOME; HOME=" + fixture.folder.path() + " " LOCKWRAP_COMMAND " report " + fixture.profile);
  struct stat status;
  REQUIRE(stat((fixture.folder / ".cache/lockwrap").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a program that was stripped later has no names from before, and does not spoil the cache") {
  const CachedFixture fixture;
  fs::copy_file(fixture.program, fixture.folder / "whole");
  run_shell("touch -d 2001-01-01 " + (fixture.folder / "whole") + " && touch -r " + fixture.program + " " + (fixture.folder / "time"));
  const std::string whole = fixture.report();
  fixture.objcopy("--strip-debug");
  CHECK_FALSE(has(fixture.report_of_stripped(), ".cpp:"));
  CHECK(has(fixture.report_of_stripped(), "Ledger::rebuild()"));
  fixture.objcopy("--strip-all");
  CHECK_FALSE(has(fixture.report_of_stripped(), "rebuild"));
  run_shell("touch -r " + (fixture.folder / "time") + " " + fixture.program);  // the time is not what tells them apart
  CHECK_FALSE(has(fixture.report_of_stripped(), "rebuild"));
  fixture.mark();
  const std::string marked = fixture.report("--binary " + (fixture.folder / "whole"));
  CHECK_FALSE(has(marked, "rewrite"));  // a copy of another time
  CHECK(marked == whole);
}

TEST_CASE("a program that gets its debug information later gets its names") {
  const CachedFixture fixture;
  fixture.objcopy("--strip-all");
  CHECK_FALSE(has(fixture.report_of_stripped(), "rebuild"));
  CHECK_FALSE(fs::exists(fixture.file));
  REQUIRE(run_shell(LOCKWRAP_OBJCOPY " --only-keep-debug " LOCKWRAP_FIXTURE_STATIC_PIE " " + fixture.program + ".debug").exit_status == 0);
  const std::string link = "--add-gnu-debuglink=" + fixture.program + ".debug";
  fixture.objcopy(link);
  const std::string named = fixture.report();
  CHECK(has(named, "Ledger::rebuild() fixture_program.cpp:"));
  fixture.mark();
  CHECK(has(fixture.report(), "rewrite"));
  fs::remove(fixture.program + ".debug");
  CHECK_FALSE(has(fixture.report_of_stripped(), "rewrite"));
  const std::string directory = fixture.folder / "debug/.build-id/33";
  fs::create_directories(directory);
  fs::copy_file(LOCKWRAP_FIXTURE_STATIC_PIE, directory + "/" + (kBuildId + 2) + ".debug");
  CHECK(fixture.report("--debug-directory " + (fixture.folder / "debug")) == named);
}

TEST_CASE("another program with the same build-id does not get the names of the first") {
  const CachedFixture fixture;
  fixture.report();
  fixture.mark();
  run_shell("touch -d 2001-01-01 " + fixture.program);  // as if it were built again
  CHECK(has(fixture.report(), "Ledger::rebuild()"));
}

TEST_CASE("a broken or foreign cache counts for nothing and is replaced") {
  const CachedFixture fixture;
  const std::string report = fixture.report(), good = read_file(fixture.file);
  std::string other_version = lockwrap::cli::read_gzip_file(fixture.file);
  const size_t version = other_version.find("version=");
  REQUIRE(version != std::string::npos);
  other_version[version + 8] = '9';
  std::vector<std::string> bad = {"", "x", good.substr(0, good.size() / 2), good.substr(0, good.size() - 1), good + good, gzip(""), gzip("nonsense"),
                                  read_file(fixture.profile), gzip(other_version)};
  for (size_t at = 0; at < good.size(); at += 97) {
    bad.push_back(good);
    bad.back()[at] ^= 0x55;
  }
  for (size_t index = 0; index < bad.size(); ++index) {
    CAPTURE(index);
    write_file(fixture.file, bad[index]);
    CHECK(fixture.report() == report);
    if (bad[index].size() < good.size() || index < 9) CHECK(read_file(fixture.file) == good);
  }
}

// The names that a command had found itself went when the file it saved them to turned out to be damaged.
TEST_CASE("a damaged cache costs no names that were found without it") {
  using namespace lockwrap::cli;
  const TemporaryFolder folder;
  setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
  SymbolCache cache("aabbcc", "this program");
  cache.keep_frames(0x10, {{"Ledger::rebuild()", "", "ledger.cpp", 7, 1}});
  cache.keep_variable(0x20, nullptr);
  write_cache_file("aabbcc.pb.gz", "nonsense");
  cache.save();
  CHECK(cache.frames_at(0x10) != nullptr);
  SymbolCache again("aabbcc", "this program");
  REQUIRE(again.frames_at(0x10) != nullptr);
  CHECK(again.frames_at(0x10)->front().function == "Ledger::rebuild()");
  CHECK(again.variable_at(0x20) != nullptr);
}

TEST_CASE("a cache that cannot be written is done without") {
  const CachedFixture fixture;
  const std::string report = fixture.report();
  for (const std::string caches : {"/proc/no/such/folder", "/dev/null", "/sys"}) {
    const CommandResult result = run_shell("XDG_CACHE_HOME=" + caches + " " LOCKWRAP_COMMAND " report " + fixture.profile);
    CHECK(result.exit_status == 0);
    CHECK_MESSAGE(result.errors == "", result.errors);
    CHECK(result.output == report);
  }
  fs::remove(fixture.file);
  fs::create_directory(fixture.file);
  CHECK(fixture.report() == report);
  fs::remove(fixture.file);
  REQUIRE(mkfifo(fixture.file.c_str(), 0600) == 0);
  CHECK(fixture.report() == report);
}

TEST_CASE("commands that run at once keep each other's cache whole") {
  const CachedFixture fixture;
  const std::string report = fixture.report();
  for (int round = 0; round < 5; ++round) {
    fs::remove_all(fixture.caches);
    const CommandResult many = run_shell("export XDG_CACHE_HOME=" + fixture.caches + "; for i in 1 2 3 4 5 6 7 8; do " LOCKWRAP_COMMAND " report " +
                                         fixture.profile + " -o " + (fixture.folder / "report") + ".$i & done; wait");
    CHECK_MESSAGE(many.errors == "", many.errors);
    for (int index = 1; index <= 8; ++index) CHECK(read_file(fixture.folder / "report." + std::to_string(index)) == report);
    CHECK(std::distance(fs::directory_iterator(fixture.caches + "/lockwrap"), {}) == 1);  // no temporary file stays
    fixture.mark();
    CHECK(has(fixture.report(), "rewrite"));
  }
}

TEST_CASE("a program without a build-id has no cache") {
  const CachedFixture fixture;
  fixture.objcopy("--remove-section=.note.gnu.build-id");
  FixtureFacts facts = fixture.facts;
  facts.build_id = "";
  profile_of(facts).write(fixture.profile);
  CHECK(has(fixture.report(), "Ledger::rebuild()"));
  CHECK_FALSE(fs::exists(fixture.caches));
}

TEST_CASE("the cache's folder is bounded: what was not used for longest goes, and nothing that is not its own") {
  using lockwrap::cli::read_cache_file;
  using lockwrap::cli::write_cache_file;
  const TemporaryFolder folder;
  setenv("XDG_CACHE_HOME", folder.path().c_str(), 1);
  const std::string cache = folder / "lockwrap/";
  for (const char *name : {"aa.pb.gz", "bb.pb.gz", "cc.pb.gz"}) write_cache_file(name, std::string(1000, 'x'), 3500);
  write_file(cache + "notes.txt", std::string(9000, 'x'));
  write_file(cache + "dd.pb.gz.AbCdEf", "left by a command that was killed");
  run_shell("cd " + cache + " && touch -d '-1 day' notes.txt dd.* && touch -d '-3 days' bb.pb.gz && touch -d '-2 days' aa.pb.gz cc.pb.gz");
  CHECK(read_cache_file("aa.pb.gz").size() == 1000);  // used now
  write_cache_file("ee.pb.gz", std::string(1900, 'x'), 3500);
  CHECK(read_cache_file("bb.pb.gz") == "");
  CHECK(read_cache_file("cc.pb.gz") == "");
  CHECK(read_cache_file("aa.pb.gz").size() == 1000);
  CHECK(read_cache_file("ee.pb.gz").size() == 1900);
  CHECK(fs::exists(cache + "notes.txt"));
  CHECK_FALSE(fs::exists(cache + "dd.pb.gz.AbCdEf"));
  write_cache_file("ff.pb.gz", std::string(4000, 'x'), 3500);
  CHECK_FALSE(fs::exists(cache + "ff.pb.gz"));
}
