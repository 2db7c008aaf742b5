// The formats of other tools, as far as they can be checked without these; tests/tools has them read by their tools.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "profile/lock_profile.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

// Locks with names that every format has to quote somehow.
struct Exported {
  TemporaryFolder folder;
  std::string path = folder / "a.pb.gz";

  Exported() {
    SyntheticProfile profile;
    profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=4 wait_ns=3000000001 max_wait_ns=2000 "
                    "blamed_ns=600 in_progress=1 histogram=0:1,9:1,10:1 name=the \"big\\one\", a;b")
        .comment("lockwrap holder lock=1 site=0x3000 holds=2 hold_ns=6000 max_hold_ns=4500 looked_ns=0 blocked_ns=0 histogram=10:1,12:1")
        .comment("lockwrap lock id=2 kind=mutex address=0x1100 created=0x0 first_use=0x2000 contentions=1 wait_ns=50 max_wait_ns=50 blamed_ns=0 histogram=5:1 name=b")
        .comment("lockwrap lock id=3 kind=mutex address=0x1200 created=0x0 first_use=0x2000 contentions=2 wait_ns=7 max_wait_ns=7 blamed_ns=0 histogram=2:2 name=c")
        .frames(0x2000, {{"inner<int, char>(int)", "/src/a.cpp", 5}, {"inlined_into()", "/src/a.cpp", 15}})
        .frames(0x3000, {{"save()", "/src/b.cpp", 7}})
        .frames(0x4000, {{"main", "/src/main.cpp", 1}});
    profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x4000}, 3, 3000000001}).sample({"holder", 1, 0x3000, 0x2000, {0x3000, 0x4000}, 1, 600});
    profile.sample({"waiter", 2, 0x2000, 0, {0x2000, 0x4000}, 1, 50}).sample({"waiter", 3, 0x2000, 0, {0x2000}, 2, 7});
    profile.write(path);
  }
  std::string in(const std::string &options) {
    const CommandResult result = run_lockwrap("export " + path + " --format=" + options);
    CHECK_MESSAGE(result.exit_status == 0, result.errors);
    CHECK(result.errors == "");
    return result.output;
  }
};

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("folded stacks begin with the outermost function and end with the lock and its time") {
  Exported exported;
  CHECK(exported.in("folded") ==
        "main;inlined_into();inner<int, char>() a.cpp:5;[the \"big\\one\", a:b] 3000000001\n"
        "main;inlined_into();inner<int, char>() a.cpp:5;[b] 50\n"
        "inlined_into();inner<int, char>() a.cpp:5;[c] 7\n");
  CHECK(exported.in("folded --side=holder") == "main;save() b.cpp:7;[the \"big\\one\", a:b] 600\n");
}

TEST_CASE("a profile for pprof begins each stack with who waited, and says nothing of single locks") {
  using namespace lockwrap::cli;
  const TemporaryFolder folder;
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=4 wait_ns=500 max_wait_ns=200 blamed_ns=0")
      .frames(0x9000, {{"std::mutex::lock()", "/usr/include/mutex", 100}})
      .frames(0x2000, {{"std::mutex::lock()", "/usr/include/mutex", 100}, {"wait_here()", "/src/a.cpp", 5}})
      .frames(0x4000, {{"main", "/src/main.cpp", 1}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x9000, 0x2000, 0x4000}, 3, 300}).sample({"waiter", 1, 0x9000, 0, {0x9000}, 1, 200});
  profile.write(folder / "a.pb.gz");
  REQUIRE(run_lockwrap("export --format=pprof " + (folder / "a.pb.gz") + " -o " + (folder / "b.pb.gz")).exit_status == 0);
  const Profile exported = read_profile_and_locks(folder / "b.pb.gz", RawSamples::kKept).profile;
  const auto innermost = [&](size_t sample) {
    const uint64_t id = exported.samples[sample].location_ids.at(0);
    const auto location = std::find_if(exported.locations.begin(), exported.locations.end(), [&](const Location &each) { return each.id == id; });
    const auto function = std::find_if(exported.functions.begin(), exported.functions.end(), [&](const Function &each) { return each.id == location->lines.at(0).function_id; });
    return exported.text(function->name);
  };
  CHECK(innermost(0) == "wait_here()");
  CHECK(exported.samples[0].location_ids.size() == 2);
  CHECK(innermost(1) == "std::mutex::lock()");  // nothing else is known
  CHECK(exported.samples[0].values == std::vector<int64_t>{3, 300});
  REQUIRE(exported.comments.size() == 1);
  CHECK(exported.text(exported.comments[0]).starts_with("lockwrap process "));
  CHECK(has(run_lockwrap("report " + (folder / "b.pb.gz")).output, "wait_here() a.cpp:5"));
}

TEST_CASE("what is not text is not written to a terminal") {
  Exported exported;
  const CommandResult terminal = run_shell("script -qec '" LOCKWRAP_COMMAND " export --format=pprof " + exported.path + "' /dev/null </dev/null");
  CHECK(has(terminal.output, "--format=pprof is not text, and this is a terminal; name a file with -o"));
}

TEST_CASE("the text form of gperftools has names of its own, innermost functions first, and nanoseconds") {
  Exported exported;
  CHECK(exported.in("contention") ==
        "--- symbol\n"
        "binary=/usr/bin/service\n"
        "0x1000 inner<int, char>()\n0x1001 inner<int, char>()\n"
        "0x1002 inlined_into()\n0x1003 inlined_into()\n"
        "0x1004 main\n0x1005 main\n"
        "---\n"
        "--- contention\n"
        "cycles/second=1000000000\n"
        "sampling period=1\n"
        "ms since reset=12000\n"
        "3000000051 4 @ 0x1001 0x1003 0x1005\n"
        "7 2 @ 0x1001 0x1003\n");
  const std::string holder = exported.in("contention --side=holder");
  CHECK(has(holder, "0x1000 save()\n0x1001 save()\n0x1002 main\n0x1003 main\n---\n"));
  CHECK(has(holder, "\n600 1 @ 0x1001 0x1003\n"));
}

TEST_CASE("no name breaks the text form of gperftools") {
  const TemporaryFolder folder;
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=0 wait_ns=5 max_wait_ns=5 blamed_ns=0")
      .frames(0x2000, {{"Counter::operator--", "/src/a.cpp", 5}})
      .frames(0x3000, {{"two\nlines\r--- contention", "/src/a.cpp", 6}})
      .frames(0x4000, {{"-----", "/src/a.cpp", 7}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x3000, 0x4000}, 0, 5}).write(folder / "a.pb.gz");
  const std::string text = run_lockwrap("export " + (folder / "a.pb.gz") + " --format=contention").output;
  CHECK(has(text, "\n0x1001 Counter::operator- -\n0x1002 two?lines?- - - contention\n0x1003 two?lines?- - - contention\n0x1004 - - - - -\n"));
  CHECK(has(text, "\n5 1 @ 0x1001 0x1003 0x1005\n"));  // pprof divides by the count
}

TEST_CASE("speedscope gets a profile a side, whose samples refer to frames with file and line") {
  Exported exported;
  const json both = json::parse(exported.in("speedscope"));
  CHECK(both["$schema"] == "https://www.speedscope.app/file-format-schema.json");
  REQUIRE(both["profiles"].size() == 2);
  CHECK(both["profiles"][0]["endValue"] == 3000000058);
  CHECK(both["profiles"][0]["unit"] == "nanoseconds");
  for (const json &profile : both["profiles"]) {
    REQUIRE(profile["samples"].size() == profile["weights"].size());
    for (const json &sample : profile["samples"]) {
      for (const json &index : sample) CHECK(index.get<size_t>() < both["shared"]["frames"].size());
    }
  }
  const json &first = both["profiles"][0]["samples"][0];
  CHECK(both["shared"]["frames"][first[2].get<size_t>()] == json({{"name", "inner<int, char>()"}, {"file", "/src/a.cpp"}, {"line", 5}}));
  const json holders = json::parse(exported.in("speedscope --side=holder"));
  REQUIRE(holders["profiles"].size() == 1);
  CHECK(holders["profiles"][0]["weights"] == json({600}));
}

TEST_CASE("csv quotes what holds commas and quotation marks and ends lines with CRLF") {
  Exported exported;
  const std::string locks = exported.in("csv");
  CHECK(has(locks, "\r\n\"the \"\"big\\one\"\", a;b\",mutex,1,4,0,3000000001,2000,600,2999999401\r\nb,mutex,1,1,0,50,50,0,50\r\n"));
  const std::string places = exported.in("csv --table=places");
  CHECK(has(places, "a;b\",mutex,waiter,,\"inner<int, char>(int)\",/src/a.cpp,5,3000000001,3,,,\r\n"));
  CHECK(has(places, "a;b\",mutex,holder,,save(),/src/b.cpp,7,600,1,3000,4500,4500\r\n"));
  CHECK(has(exported.in("csv --table=pairs"), "\"inner<int, char>(int)\",/src/a.cpp,5,save(),/src/b.cpp,7,600,1\r\n"));
  CHECK_FALSE(has(exported.in("csv --top 1"), "\r\nb,"));
}

TEST_CASE("prometheus gets cumulated buckets, escaped names and a bounded number of locks") {
  Exported exported;
  const std::string all = exported.in("prometheus");
  const std::string first = "{lock=\"the \\\"big\\\\one\\\", a;b\",kind=\"mutex\",program=\"service\"";
  CHECK(has(all, "lockwrap_lock_waits_total" + first + "} 4\n"));
  CHECK(has(all, "lockwrap_lock_wait_seconds_total" + first + "} 3.000000001\n"));
  CHECK(has(all, "lockwrap_lock_blamed_seconds_total" + first + "} 0.000000600\n"));
  CHECK(has(all, "lockwrap_lock_wait_seconds_bucket" + first + ",le=\"0.000001024\"} 2\n"));
  CHECK(has(all, "lockwrap_lock_wait_seconds_bucket" + first + ",le=\"0.000004096\"} 3\n"));
  CHECK(has(all, "lockwrap_lock_wait_seconds_bucket" + first + ",le=\"+Inf\"} 3\n"));
  CHECK(has(all, "lockwrap_lock_wait_seconds_count" + first + "} 3\n"));
  CHECK(has(all, "lockwrap_lock_hold_seconds_bucket" + first + ",le=\"0.000001024\"} 0\n"));
  CHECK(has(all, "lockwrap_lock_hold_seconds_bucket" + first + ",le=\"0.000004096\"} 1\n"));
  CHECK(has(all, "lockwrap_lock_hold_seconds_sum" + first + "} 0.000006000\n"));
  CHECK(has(all, "lockwrap_lock_hold_seconds_count" + first + "} 2\n"));
  CHECK_FALSE(has(all, "(other locks)"));
  const std::string bounded = exported.in("prometheus --top 1");
  CHECK(has(bounded, "lockwrap_lock_waits_total{lock=\"(other locks)\",kind=\"\",program=\"service\"} 3\n"));
  CHECK(has(bounded, "lockwrap_lock_wait_seconds_count{lock=\"(other locks)\",kind=\"\",program=\"service\"} 3\n"));
  CHECK_FALSE(has(bounded, "lock=\"b\""));
}

TEST_CASE("pprof of one side has the samples of that side alone") {
  Exported exported;
  exported.in("pprof --side=holder -o " + (exported.folder / "h.pb.gz"));
  const json report = json::parse(run_lockwrap("report --json " + (exported.folder / "h.pb.gz")).output);
  CHECK(report["locks"][0]["waits_in"].empty());
  CHECK(report["locks"][0]["held_by"].size() == 1);
  exported.in("pprof -o " + (exported.folder / "both.pb.gz"));
  const json both = json::parse(run_lockwrap("report --json " + (exported.folder / "both.pb.gz")).output);
  CHECK(both["locks"][0]["waits_in"][0]["wait_ns"] == 3000000001 + 50 + 7);
  CHECK(both["locks"][0]["held_by"][0]["wait_ns"] == 600);
}

TEST_CASE("a profile in which nobody waited is exported to every format") {
  const TemporaryFolder folder;
  SyntheticProfile().write(folder / "empty.pb.gz");
  for (const char *format : {"pprof", "folded", "contention", "speedscope", "prometheus", "csv"}) {
    CAPTURE(format);
    CHECK(run_lockwrap("export " + (folder / "empty.pb.gz") + " --format=" + format + " -o " + (folder / "out")).exit_status == 0);
  }
}
