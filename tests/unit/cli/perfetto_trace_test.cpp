// Timelines made by hand, as traces: which hold lets which wait go on, what is drawn where, what is refused.
#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <protozero/pbf_writer.hpp>

#include "../../scenario/timeline/trace_format.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

constexpr uint64_t kNow = 100'000'000'000, kStart = kNow - 12'000'000'000;  // the synthetic profile lasted 12 s
constexpr uint64_t kWait = 1, kHold = 2, kAcquired = 1, kGivenUp = 2;

struct Event {
  uint64_t kind = kWait, thread = 1, lock = 1;
  std::optional<uint64_t> begin_us, end_us;  // since the start
  uint64_t outcome = kAcquired, holder = 0, holder_site = 0, stack = 0;
  bool is_reader = false;
};

class TimelineProfile {
 public:
  TimelineProfile() {
    profile_.comment("lockwrap timeline kib=64 now_ns=" + std::to_string(kNow) + " events=1 overwritten=0");
    profile_.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=1 wait_ns=1 name=accounts");
    profile_.comment("lockwrap lock id=2 kind=rwlock address=0x2000 contentions=1 wait_ns=1 name=prices");
    profile_.frames(0x2000, {{"transfer()", "/src/bank.cpp", 12}});
    profile_.frames(0x3000, {{"audit()", "/src/audit.cpp", 34}});
  }

  TimelineProfile &event(const Event &event) {
    std::string message;
    protozero::pbf_writer out{message};
    out.add_uint64(1, event.kind);
    out.add_uint64(2, event.thread);
    out.add_uint64(3, event.lock);
    if (event.begin_us) out.add_uint64(4, kStart + *event.begin_us * 1000);
    if (event.end_us) out.add_uint64(5, kStart + *event.end_us * 1000);
    out.add_uint64(6, event.kind == kWait ? 0x2000 : 0x3000);
    if (event.stack != 0) out.add_uint64(7, event.stack);
    if (event.is_reader) out.add_uint64(8, 1);
    if (event.end_us) out.add_uint64(9, event.outcome);
    if (event.holder != 0) out.add_uint64(10, event.holder);
    if (event.holder_site != 0) out.add_uint64(11, event.holder_site);
    return field(1001, message);
  }
  TimelineProfile &stack(uint64_t id, const std::vector<uint64_t> &addresses) {
    std::string message;
    protozero::pbf_writer out{message};
    out.add_uint64(1, id);
    out.add_packed_uint64(2, addresses.begin(), addresses.end());
    return field(1002, message);
  }
  TimelineProfile &thread(uint64_t id, const std::string &name) {
    std::string message;
    protozero::pbf_writer out{message};
    out.add_uint64(1, id);
    out.add_string(2, name);
    return field(1003, message);
  }
  TimelineProfile &field(uint32_t number, const std::string &message) {
    protozero::pbf_writer(fields_).add_message(number, message);
    return *this;
  }

  void write(const std::string &path) const { write_file(path, gzip(profile_.bytes() + fields_)); }

  // As the command draws it; always a right trace.
  json trace() const {
    const TemporaryFolder folder;
    write(folder / "a.pb.gz");
    const CommandResult result = run_lockwrap("export --format=perfetto " + (folder / "a.pb.gz"));
    REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
    const json trace = json::parse(result.output);
    CHECK(trace_format::find_mistake(trace) == "");
    return trace;
  }

 private:
  SyntheticProfile profile_;
  std::string fields_;
};

std::vector<json> events_of(const json &trace, const std::string &phase, const std::string &category = "") {
  std::vector<json> found;
  for (const json &event : trace["traceEvents"]) {
    if (event["ph"] == phase && (category.empty() || event["cat"] == category)) found.push_back(event);
  }
  return found;
}

// From which thread to which arrows lead, in the order of the waits.
std::vector<std::pair<int, int>> arrows_of(const json &trace) {
  std::vector<std::pair<int, int>> arrows;
  for (const json &start : events_of(trace, "s")) {
    for (const json &end : events_of(trace, "f")) {
      if (end["id"] == start["id"]) arrows.emplace_back(start["tid"], end["tid"]);
    }
  }
  return arrows;
}

using Arrows = std::vector<std::pair<int, int>>;

}  // namespace

TEST_CASE("a wait is a slice with its place, stack, holder and lock") {
  const json trace = TimelineProfile().thread(7, "teller").thread(8, "auditor").stack(5, {0x2000, 0x3000})
                         .event({kWait, 7, 1, 1000, 3000, kAcquired, 8, 0x3000, 5}).trace();
  const std::vector<json> waits = events_of(trace, "X");
  REQUIRE(waits.size() == 1);
  CHECK(waits[0]["name"] == "waits for accounts");
  CHECK(waits[0]["tid"] == 7);
  CHECK(waits[0]["ts"] == 1000.0);
  CHECK(waits[0]["dur"].get<double>() == doctest::Approx(2000).epsilon(1e-5));
  CHECK(waits[0]["args"]["waits in"] == "transfer() bank.cpp:12");
  CHECK(waits[0]["args"]["stack"] == json{"transfer() bank.cpp:12", "audit() audit.cpp:34"});
  CHECK(waits[0]["args"]["held at first by"] == "auditor/8");
  CHECK(waits[0]["args"]["which locked it in"] == "audit() audit.cpp:34");
  CHECK(waits[0]["args"]["result"] == "got the lock");
  CHECK(waits[0]["args"]["exact time"] == "2.00 ms");
  CHECK_FALSE(waits[0]["args"].contains("mode"));
  CHECK(arrows_of(trace).empty());  // the hold is not in the file
}

TEST_CASE("an arrow leads from the last release before a wait ended") {
  const json trace = TimelineProfile()
                         .event({kHold, 1, 1, 0, 1000})
                         .event({kHold, 2, 1, 1000, 2000})
                         .event({kHold, 3, 1, 2000, 2900})
                         .event({kWait, 3, 1, 500, 2000})
                         .event({kWait, 4, 1, 600, 3000})
                         .event({kWait, 5, 1, 3100, 3200})                // nobody released it meanwhile
                         .event({kWait, 6, 1, 600, 2500, kGivenUp})      // it was not let go
                         .event({kWait, 7, 2, 600, 2500})                // another lock
                         .trace();
  CHECK(arrows_of(trace) == Arrows{{2, 3}, {3, 4}});
  CHECK(events_of(trace, "X", "wait")[3]["args"]["result"] == "gave up: time limit or deadlock");
}

TEST_CASE("one writer lets several readers go on") {
  const json trace = TimelineProfile().event({kHold, 1, 2, 0, 1000}).event({kWait, 2, 2, 100, 1001, kAcquired, 1, 0, 0, true})
                         .event({kWait, 3, 2, 200, 1002, kAcquired, 1, 0, 0, true}).trace();
  CHECK(arrows_of(trace) == Arrows{{1, 2}, {1, 3}});
  CHECK(events_of(trace, "X", "wait")[0]["args"]["mode"] == "read");
  CHECK(events_of(trace, "X", "hold")[0]["args"]["mode"] == "write");
}

TEST_CASE("a hold that began before anybody waited is drawn from the first wait on") {
  const json trace = TimelineProfile()
                         .event({kHold, 9, 1, 100, 1000})
                         .event({kHold, 1, 1, std::nullopt, 3000})
                         .event({kWait, 2, 1, 500, 990})                // of the hold before
                         .event({kWait, 3, 1, 1900, 2000, kGivenUp, 9})  // says that another thread had it
                         .event({kWait, 4, 1, 2000, 3001, kAcquired, 1})
                         .event({kWait, 5, 1, 2500, 3002})
                         .trace();
  const std::vector<json> holds = events_of(trace, "X", "hold");
  REQUIRE(holds.size() == 2);
  CHECK(holds[0]["tid"] == 1);
  CHECK(holds[0]["ts"] == 2000.0);
  CHECK(holds[0]["args"]["began"].get<std::string>().find("earlier") == 0);
  CHECK_FALSE(holds[1]["args"].contains("began"));
  // Without a wait its length is not known.
  const json unknown = TimelineProfile().event({kHold, 1, 1, std::nullopt, 3000}).trace();
  CHECK(events_of(unknown, "X").empty());
}

TEST_CASE("what goes on is drawn to the end, with its holder") {
  const json trace = TimelineProfile().event({kWait, 2, 1, 1000, std::nullopt, 0, 1, 0x3000}).event({kWait, 3, 1, 2000, std::nullopt, 0, 1, 0x3000}).trace();
  const std::vector<json> waits = events_of(trace, "X", "wait"), holds = events_of(trace, "X", "hold");
  REQUIRE(waits.size() == 2);
  CHECK(waits[1]["args"]["result"] == "still waits");
  CHECK(waits[1]["ts"].get<double>() + waits[1]["dur"].get<double>() == doctest::Approx(12e6).epsilon(1e-8));
  REQUIRE(holds.size() == 1);
  CHECK(holds[0]["tid"] == 1);
  CHECK(holds[0]["ts"] == 1000.0);
  CHECK(holds[0]["args"]["result"] == "not released yet");
  // Somebody else had it since: who has it now is not known.
  const json later = TimelineProfile().event({kWait, 2, 1, 1000, std::nullopt, 0, 1}).event({kWait, 3, 1, 900, 1500}).trace();
  CHECK(events_of(later, "X", "hold").empty());
}

TEST_CASE("holds that cross each other get a further track, waits within holds do not") {
  const json trace = TimelineProfile()
                         .thread(1, "worker")
                         .event({kHold, 1, 1, 1000, 3000})
                         .event({kHold, 1, 2, 2000, 4000})
                         .event({kWait, 1, 2, 1500, 2000})
                         .event({kWait, 2, 1, 1200, 3001})
                         .trace();
  std::map<std::string, uint64_t> tracks;
  for (const json &slice : events_of(trace, "X")) {
    if (slice["args"]["exact time"] != "1.80 ms") tracks[slice["name"]] = slice["tid"];
  }
  CHECK(tracks["holds accounts"] == 1);
  CHECK(tracks["waits for prices"] == 1);
  CHECK(tracks["holds prices"] > 4'000'000);
  CHECK(trace.dump().find("worker (overlapping holds)") != std::string::npos);
}

TEST_CASE("a profile without a timeline is refused with the way to get one") {
  const TemporaryFolder folder;
  SyntheticProfile().write(folder / "none.pb.gz");
  const CommandResult none = run_lockwrap("export --format=perfetto " + (folder / "none.pb.gz") + " -o " + (folder / "out"));
  CHECK(none.exit_status == 2);
  CHECK(none.errors.find("none.pb.gz: has no timeline; run the program with LOCKWRAP_OPTIONS=timeline_kb=64") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
}

// The merged one was refused with the advice to take a timeline, which each program had done.
TEST_CASE("a merge tells that it leaves timelines out, and a merged profile that it has none") {
  const TemporaryFolder folder;
  TimelineProfile().event({kWait, 1, 1, 0, 1000}).write(folder / "one.pb.gz");
  SyntheticProfile().write(folder / "none.pb.gz");
  const std::string one = folder / "one.pb.gz", none = folder / "none.pb.gz", output = " -o " + (folder / "merged.pb.gz");
  CHECK(run_lockwrap("merge " + none + " " + none + output).errors == "");
  const CommandResult alone = run_lockwrap("merge " + one + output), twice = run_lockwrap("merge " + one + " " + none + " " + one + output);
  CHECK(alone.errors == "lockwrap: warning: a merged profile has no timeline: that of 1 file is left out (export the single files with --format=perfetto)\n");
  CHECK(twice.errors == "lockwrap: warning: a merged profile has no timeline: those of 2 files are left out (export the single files with --format=perfetto)\n");
  CHECK(twice.exit_status == 0);
  const CommandResult refused = run_lockwrap("export --format=perfetto " + (folder / "merged.pb.gz"));
  CHECK(refused.exit_status == 2);
  CHECK_MESSAGE(refused.errors.find("merged.pb.gz: is a merged profile, which has no timeline; export one of the profiles that it was made of") != std::string::npos, refused.errors);
}

TEST_CASE("a damaged timeline is refused, what a newer one adds is passed over") {
  const auto refusal = [](const TimelineProfile &profile) {
    const TemporaryFolder folder;
    profile.write(folder / "a.pb.gz");
    const CommandResult result = run_lockwrap("export --format=perfetto " + (folder / "a.pb.gz"));
    if (result.exit_status == 2) CHECK(result.errors.find("a.pb.gz: is damaged (its timeline)") != std::string::npos);
    return result.exit_status == 2;
  };
  CHECK(refusal(TimelineProfile().event({kWait, 1, 1, 2000, 1000})));        // ends before it begins
  CHECK(refusal(TimelineProfile().event({kWait, 1, 1, 0, 13'000'000})));     // after the profile was written
  CHECK(refusal(TimelineProfile().field(1001, "\xff\xff\xff")));
  CHECK(refusal(TimelineProfile().field(1002, std::string("\x12\x01\xff", 3))));
  CHECK_FALSE(refusal(TimelineProfile().event({kWait, 1, 99, 0, 1000})));    // a lock of which nothing is known
  CHECK_FALSE(refusal(TimelineProfile().event({3, 1, 1, 0, 1000})));         // a kind of a newer format
  CHECK_FALSE(refusal(TimelineProfile().field(1004, "whatever")));
  CHECK_FALSE(refusal(TimelineProfile().event({kWait, 1, 1, 0, 1000, kAcquired, 0, 0, 77})));  // a stack that is not there
}

TEST_CASE("the checker of traces finds what is wrong with one") {
  const json right = TimelineProfile().event({kHold, 1, 1, 0, 1000}).event({kWait, 2, 1, 500, 1001}).trace();
  const auto broken = [&](auto change) {
    json trace = right;
    change(trace);
    return trace_format::find_mistake(trace);
  };
  const auto event = [](json &trace, const char *phase) -> json & {
    for (json &candidate : trace["traceEvents"]) {
      if (candidate["ph"] == phase) return candidate;
    }
    FAIL("no such event");
    return trace;
  };
  CHECK(broken([](json &) {}) == "");
  CHECK(broken([&](json &trace) { event(trace, "X").erase("dur"); }).find("without dur") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "X")["ts"] = "0"; }).find("no ts") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "X").erase("tid"); }).find("tid") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "M")["args"] = json::object(); }).find("argument") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "s")["id"] = 99; }).find("start and an end") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "s")["ts"] = 5000; }).find("before it starts") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "f")["ts"] = 5000; }).find("outside of all slices") != std::string::npos);
  CHECK(broken([&](json &trace) { event(trace, "f").erase("bp"); }).find("next slice") != std::string::npos);
  CHECK(broken([&](json &trace) {
          json crossing = event(trace, "X");
          crossing["ts"] = crossing["ts"].get<double>() + 1;
          trace["traceEvents"].push_back(crossing);
        }).find("cross each other") != std::string::npos);
}
