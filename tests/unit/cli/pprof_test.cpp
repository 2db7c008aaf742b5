// What `symbolize` writes is read by Go's pprof, whose checks are the strictest.
#include <doctest/doctest.h>

#include "fixture_facts.h"
#include "run_command.h"

using namespace lockwrap::test;

namespace {

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

const bool kHasPprof = has(run_shell("go tool pprof -h 2>&1").output, "pprof <format>");

}  // namespace

TEST_CASE("go tool pprof shows names and filters by site of a symbolized profile" * doctest::skip(!kHasPprof)) {
  const TemporaryFolder folder;
  profile_of(run_fixture(LOCKWRAP_FIXTURE_STATIC_PIE, "33aa00000000000000000000000000000000beef")).write(folder / "a.pb.gz");
  const std::string named = folder / "named.pb.gz";
  REQUIRE(run_lockwrap("symbolize " + (folder / "a.pb.gz") + " -o " + named).exit_status == 0);
  const std::string home = "HOME=" + folder.path() + " PPROF_BINARY_PATH=" + folder.path() + " go tool pprof ";

  const CommandResult top = run_shell(home + "-top -cum -sample_index=delay " + named);
  CHECK_MESSAGE(top.exit_status == 0, top.errors);
  CHECK_MESSAGE(has(top.output, "Ledger::rebuild"), top.output);
  CHECK(has(top.output, "(inline)"));
  CHECK_FALSE(has(top.errors, "malformed"));

  const CommandResult focused = run_shell(home + "-top -cum -sample_index=delay -tagfocus=site_function=Session " + named);
  CHECK(has(focused.output, "Session::Session"));
  CHECK_FALSE(has(focused.output, "Ledger::rebuild"));

  const CommandResult tags = run_shell(home + "-tags " + named);
  CHECK(has(tags.output, "count_up()::counter_lock"));
}
