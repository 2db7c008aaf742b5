// The small sibling of tests/bench/large: what a large profile says is what was put into it, however its names were found.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

struct Sum {
  int64_t count = 0, time_ns = 0;
  bool operator==(const Sum &) const = default;
};

// What the generator prints of one side.
Sum printed_sum(const std::string &text, const std::string &side) {
  std::istringstream words(text);
  Sum sum;
  for (std::string word; words >> word;) {
    if (word == side) words >> sum.count >> sum.time_ns;
  }
  return sum;
}

Sum sum_of(const json &places) {
  Sum sum;
  for (const json &place : places) {
    sum.count += place["contentions"].get<int64_t>();
    sum.time_ns += place["wait_ns"].get<int64_t>();
  }
  return sum;
}

struct Folder : TemporaryFolder {
  const std::string profile = *this / "large.pb.gz";
  std::string sums;

  Folder() {
    const std::string program = LOCKWRAP_FIXTURE_STATIC;
    const CommandResult made = run_shell(
        "segment=$(readelf -lW " + program + " | awk '$1 == \"LOAD\" && / R E / { print $3, $6, $2; exit }') && set -- $segment && nm -S --defined-only " +
        program + " | " LOCKWRAP_LARGE_PROFILE " " + profile + " 50000 " + program + " 22aa00000000000000000000000000000000beef $1 $(($1 + $2)) $3");
    REQUIRE_MESSAGE(made.exit_status == 0, made.errors);
    sums = made.output;
  }
};

}  // namespace

TEST_CASE("fifty thousand samples add up to what was put in, and say the same with an empty cache, with a full one and without") {
  const Folder folder;
  for (const std::string command : {"report --json ", "flame --folded --side=waiter "}) {
    const std::string cache = "XDG_CACHE_HOME=" + (folder / command.substr(0, 5)) + " " LOCKWRAP_COMMAND " ";
    const CommandResult cold = run_shell(cache + command + folder.profile), warm = run_shell(cache + command + folder.profile),
                        without = run_lockwrap(command + "--no-cache " + folder.profile);
    REQUIRE_MESSAGE(cold.exit_status == 0, cold.errors);
    CHECK(cold.errors == "");
    CHECK(run_shell("find " + (folder / command.substr(0, 5)) + " -name 22aa*.pb.gz").output != "");
    CHECK(cold.output == warm.output);
    CHECK(cold.output == without.output);
    if (command != "report --json ") continue;
    Sum locks, waits, holds;
    const json report = json::parse(cold.output);
    for (const json &lock : report["locks"]) {
      const Sum waits_in = sum_of(lock["waits_in"]), held_by = sum_of(lock["held_by"]);
      locks.count += lock["contentions"].get<int64_t>(), locks.time_ns += lock["wait_ns"].get<int64_t>();
      waits.count += waits_in.count, waits.time_ns += waits_in.time_ns;
      holds.count += held_by.count, holds.time_ns += held_by.time_ns;
    }
    CHECK(locks.count > 50'000);
    CHECK(locks == printed_sum(folder.sums, "waiters"));
    CHECK(waits == printed_sum(folder.sums, "waiters"));
    CHECK(holds == printed_sum(folder.sums, "holders"));
  }
}

TEST_CASE("where no thread can be made, the same is said") {
  const Folder folder;
  for (const std::string &command : {std::string("report "), std::string("html "), "diff --flame " + folder.profile + " ", std::string("export --format=pprof "),
                                    std::string("export --format=folded ")}) {
    const std::string line = LOCKWRAP_COMMAND " " + command + folder.profile;
    const CommandResult usual = run_shell(line), alone = run_shell("LD_PRELOAD=" LOCKWRAP_NO_THREADS " " + line);
    REQUIRE_MESSAGE(alone.exit_status == 0, alone.errors);
    CHECK(alone.errors == usual.errors);
    CHECK(alone.output == usual.output);
  }
}

TEST_CASE("a comparison takes the memory of its two profiles, not that of all their stacks as text") {
  const Folder folder;
  // In KiB: the last number on stdout.
  const auto peak_of = [&](const std::string &command) {
    const CommandResult result = run_shell(LOCKWRAP_PEAK_MEMORY " " LOCKWRAP_COMMAND " " + command + " " + folder.profile + " -o " + (folder / "output"));
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    return std::stol(result.output);
  };
  REQUIRE(run_lockwrap("export --format=pprof --side=waiter " + folder.profile + " -o " + (folder / "waiters.pb.gz")).exit_status == 0);
  const long report = peak_of("report");
  for (const std::string &other : {folder.profile, folder / "waiters.pb.gz"}) {
    for (const std::string format : {"", "--json "}) {
      const long diff = peak_of("diff " + format + other);
      MESSAGE("peak of the report: ", report, " KiB; of the comparison: ", diff, " KiB");
      CHECK(diff * 10 < report * 24);  // of two profiles; as text it would be 27 to 35
    }
  }
  CHECK(json::parse(run_lockwrap("diff --json " + folder.profile + " " + folder.profile).output)["equal"] == true);
}
