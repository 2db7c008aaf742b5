// Addresses of a program that really ran, named by the command: every way of linking, two compilers, no optimisation.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "fixture_facts.h"
#include "profile/lock_profile.h"
#include "run_command.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

struct Fixture {
  const char *path;
  const char *build_id;
};

const Fixture kPie{LOCKWRAP_FIXTURE_PIE, "11aa00000000000000000000000000000000beef"};
const Fixture kStatic{LOCKWRAP_FIXTURE_STATIC, "22aa00000000000000000000000000000000beef"};
const Fixture kStaticPie{LOCKWRAP_FIXTURE_STATIC_PIE, "33aa00000000000000000000000000000000beef"};
const Fixture kUnoptimised{LOCKWRAP_FIXTURE_UNOPTIMISED, "44aa00000000000000000000000000000000beef"};
const Fixture kClang{LOCKWRAP_FIXTURE_CLANG, "55aa00000000000000000000000000000000beef"};

json place(const char *function, const FixtureCall &call, const json &like) {
  json expected = like;
  expected["function"] = function;
  expected["line"] = call.line;
  return expected;
}

const json &lock_named(const json &report, const std::string &name) {
  for (const json &lock : report["locks"]) {
    if (lock["lock"] == name) return lock;
  }
  FAIL("no lock ", name, " in ", report.dump(1));
  return report;
}

void check_waits_in(const json &report, const std::string &lock, const char *function, const FixtureCall &call) {
  const json &first = lock_named(report, lock)["waits_in"][0];
  CHECK(first == place(function, call, first));
  CHECK(first["file"].get<std::string>().find("/fixture_program.cpp") != std::string::npos);
}

void check_report(const FixtureFacts &facts, const std::string &profile) {
  const CommandResult result = run_lockwrap("report --json " + profile);
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  CHECK(result.errors == "");
  const json report = json::parse(result.output);
  check_waits_in(report, "accounts", "Ledger::rebuild(int)", facts.calls.at("rebuild"));
  check_waits_in(report, "ledger+0x18", "Ledger::append(long)", facts.calls.at("append"));
  check_waits_in(report, "count_up()::counter_lock", "count_up()", facts.calls.at("count_up"));
  check_waits_in(report, "mutex first used in Session::Session() fixture_program.cpp:" +
                             std::to_string(facts.calls.at("session").line),
                 "Session::Session()", facts.calls.at("session"));
}

// Also after `symbolize`, when the program is gone: the profile then carries the same names.
void check_fixture(const Fixture &fixture) {
  const TemporaryFolder folder;
  const FixtureFacts facts = run_fixture(fixture.path, fixture.build_id);
  REQUIRE(facts.calls.size() == 4);
  profile_of(facts).write(folder / "a.pb.gz");
  check_report(facts, folder / "a.pb.gz");
  const CommandResult symbolized = run_lockwrap("symbolize " + (folder / "a.pb.gz") + " -o " + (folder / "named.pb.gz"));
  REQUIRE_MESSAGE(symbolized.exit_status == 0, symbolized.errors);
  check_report(facts, folder / "named.pb.gz");
}

}  // namespace

TEST_CASE("a PIE is named where it was loaded") { check_fixture(kPie); }
TEST_CASE("a static program is named") { check_fixture(kStatic); }
TEST_CASE("a static PIE is named where it was loaded") { check_fixture(kStaticPie); }
TEST_CASE("an unoptimised program is named through its plumbing frames") { check_fixture(kUnoptimised); }
TEST_CASE("a program by clang without aranges is named" * doctest::skip(*LOCKWRAP_FIXTURE_CLANG == '\0')) { check_fixture(kClang); }

TEST_CASE("symbolize writes inlined frames innermost first with all flags and labels") {
  const TemporaryFolder folder;
  const FixtureFacts facts = run_fixture(kStatic.path, kStatic.build_id);
  profile_of(facts).comment("a comment of somebody else").write(folder / "a.pb.gz");
  REQUIRE(run_lockwrap("symbolize " + (folder / "a.pb.gz") + " -o " + (folder / "a.pb.gz")).exit_status == 0);
  const lockwrap::cli::Profile profile = lockwrap::cli::read_profile_and_locks(folder / "a.pb.gz", lockwrap::cli::RawSamples::kKept).profile;

  const lockwrap::cli::Mapping &mapping = profile.mappings.at(0);
  CHECK((mapping.has_functions && mapping.has_file_names && mapping.has_line_numbers && mapping.has_inline_frames));
  const uint64_t site = facts.calls.at("append").addresses.at(0);
  const auto location = std::find_if(profile.locations.begin(), profile.locations.end(),
                                     [&](const auto &candidate) { return candidate.address == site; });
  REQUIRE(location != profile.locations.end());
  std::string names;
  for (const auto &line : location->lines) names += profile.text(profile.functions.at(line.function_id - 1).name) + " | ";
  CHECK(names == "__gthread_mutex_lock() | std::mutex::lock() | "
                 "std::lock_guard<std::mutex>::lock_guard(std::mutex&) | Ledger::append(long) | Ledger::rebuild(int) | ");
  std::map<std::string, std::string> labels;
  const lockwrap::cli::Sample first = profile.samples[0];
  for (const auto &label : first.labels) {
    labels[profile.text(label.key)] = label.text != 0 ? profile.text(label.text) : std::to_string(label.number);
  }
  CHECK(labels["lock"] == "ledger+0x18");
  CHECK(labels["lock_address"] == std::to_string(facts.calls.at("append").lock));
  CHECK(labels["site"] == std::to_string(site));
  CHECK(labels["site_function"] == "Ledger::append()");
  CHECK(labels["site_line"] == "fixture_program.cpp:" + std::to_string(facts.calls.at("append").line));
  const auto is_comment = [&](int64_t index) { return profile.text(index) == "a comment of somebody else"; };
  CHECK(std::any_of(profile.comments.begin(), profile.comments.end(), is_comment));
}

TEST_CASE("a profile that is symbolized twice does not grow") {
  const TemporaryFolder folder;
  profile_of(run_fixture(kStaticPie.path, kStaticPie.build_id)).write(folder / "a.pb.gz");
  const std::string arguments = "symbolize " + (folder / "a.pb.gz") + " -o " + (folder / "a.pb.gz");
  REQUIRE(run_lockwrap(arguments).exit_status == 0);
  const std::string once = read_file(folder / "a.pb.gz");
  REQUIRE(run_lockwrap(arguments).exit_status == 0);
  CHECK(read_file(folder / "a.pb.gz") == once);
}

TEST_CASE("a lock beside a variable does not get its name") {
  const TemporaryFolder folder;
  FixtureFacts facts = run_fixture(kStatic.path, kStatic.build_id);
  facts.calls.at("rebuild").lock += 40;  // just behind `accounts`
  profile_of(facts).write(folder / "a.pb.gz");
  const json report = json::parse(run_lockwrap("report --json " + (folder / "a.pb.gz")).output);
  for (const json &lock : report["locks"]) CHECK(lock["lock"].get<std::string>().find("accounts") == std::string::npos);
}
