// The JSON that other programs rely on.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

json report_json(const SyntheticProfile &profile) {
  const TemporaryFolder folder;
  profile.write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("report --json " + (folder / "a.pb.gz"));
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  return json::parse(result.output);
}

void check_types(const json &object, const std::map<std::string, json::value_t> &types) {
  for (const auto &[key, type] : types) {
    CAPTURE(key);
    REQUIRE(object.contains(key));
    const bool is_number = type == json::value_t::number_integer && object[key].is_number_integer();
    CHECK((is_number || object[key].type() == type));
  }
}

}  // namespace

TEST_CASE("the JSON report has every promised key and type") {
  SyntheticProfile profile;
  profile.comment("lockwrap dropped samples=1 locks=2 stacks=3 pairs=4");
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=4 wait_ns=1000 max_wait_ns=400 blamed_ns=700 "
                  "histogram=0:1,8:3 name=table");
  profile.comment("lockwrap holder lock=1 site=0x3000 holds=3 hold_ns=900 max_hold_ns=500 looked_ns=800 blocked_ns=200 histogram=8:3");
  profile.frames(0x2000, {{"reader(int)", "/src/a.cpp", 5}});
  profile.frames(0x3000, {{"writer(int)", "/src/b.cpp", 50}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 4, 1000});
  profile.sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 3, 700});
  const json report = report_json(profile);
  using Type = json::value_t;
  check_types(report, {{"version", Type::number_integer}, {"program", Type::string}, {"pid", Type::number_integer},
                       {"duration_ns", Type::number_integer}, {"locks", Type::array}, {"dropped", Type::object}});
  const json hold_times = {{"count", 3}, {"mean_ns", 300}, {"p99_ns", 500}, {"max_ns", 500}, {"blocked_share", 0.25}};
  CHECK(report["locks"][0]["holds"] == hold_times);
  CHECK(report["locks"][0]["held_by"][0]["holds"] == hold_times);
  CHECK(report["version"] == 1);
  CHECK(report["program"] == "/usr/bin/service");
  CHECK(report["pid"] == 17);
  CHECK(report["duration_ns"] == 12'000'000'000);
  CHECK(report["dropped"] == json{{"samples", 1}, {"locks", 2}, {"stacks", 3}, {"pairs", 4}});
  REQUIRE(report["locks"].size() == 1);
  const json &lock = report["locks"][0];
  check_types(lock, {{"lock", Type::string}, {"kind", Type::string}, {"contentions", Type::number_integer},
                     {"wait_ns", Type::number_integer}, {"max_wait_ns", Type::number_integer}, {"instances", Type::number_integer},
                     {"unattributed_ns", Type::number_integer}, {"waits_in", Type::array}, {"held_by", Type::array},
                     {"pairs", Type::array}, {"histogram", Type::array}});
  CHECK(lock["lock"] == "table");
  CHECK(lock["unattributed_ns"] == 300);
  const json waits = {{"function", "reader(int)"}, {"file", "/src/a.cpp"}, {"line", 5}, {"wait_ns", 1000}, {"contentions", 4}};
  json held = {{"function", "writer(int)"}, {"file", "/src/b.cpp"}, {"line", 50}, {"wait_ns", 700}, {"contentions", 3}};
  held["holds"] = hold_times;
  CHECK(lock["waits_in"] == json::array({waits}));
  CHECK(lock["held_by"] == json::array({held}));
  CHECK(lock["pairs"][0]["waits_at"]["function"] == "reader(int)");
  CHECK(lock["pairs"][0]["blocked_by"]["line"] == 50);
  CHECK(lock["histogram"][1] == json{{"from_ns", 256}, {"below_ns", 512}, {"count", 3}});
}

TEST_CASE("the JSON report of a profile without waits has no locks and all dropped keys") {
  const json report = report_json(SyntheticProfile());
  CHECK(report["locks"] == json::array());
  CHECK(report["dropped"] == json{{"samples", 0}, {"locks", 0}, {"stacks", 0}});
}

TEST_CASE("a lock name that is not UTF-8 still gives valid JSON") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex contentions=4 wait_ns=1000 name=bad\xff\xfe\x01name");
  CHECK(report_json(profile)["locks"][0]["lock"].get<std::string>().find("bad") == 0);
}
