// `lockwrap graph --json`: the circles of a log for programs; and `lockwrap top --json`: a line a look.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using Json = nlohmann::json;

namespace {

constexpr char kLog[] =
    "the program\n"
    "lockwrap: stuck: thread a/1 has waited 5.00 s.\n"
    "lockwrap: deadlock: thread a/1 waits for `ledger`, held by b/2, which waits for the end of a/1.\n"
    "  thread a/1 waits for `ledger`, held by b/2, since 104 ms\n"
    "    waits in transfer(int) bank.cpp:88\n"
    "      from serve [0x99]\n"
    "    holds `log`, locked in (anonymous namespace)::look_up [0x402a94]\n"
    "    holds `other`\n"
    "  thread b/2 waits for the end of a/1, since 1.50 s\n"
    "    waits in stop\n"
    "  to do: join a thread without a lock that it needs to end.\n"
    "\n"
    "lockwrap: lock-order: `A` and `B` are locked in both orders.\n"
    "  thread w/7 locked `B` while it had `A`\n"
    "    had locked that in one [0x1]\n"
    "    then this in two [0x2]\n"
    "\n"
    "deadlocks: 1 told when it happened, 50 more at the same places\n";

Json place(const std::string &function, const std::string &file, int line, const Json &address) {
  return {{"function", function}, {"file", file}, {"line", line}, {"address", address}};
}

}  // namespace

TEST_CASE("the circles of a log are written as JSON, with all that the log says of them") {
  const TemporaryFolder folder;
  write_file(folder / "log", kLog);
  const CommandResult result = run_lockwrap("graph --json " + (folder / "log"));
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  const Json json = Json::parse(result.output);
  CHECK(json["version"] == 1);
  REQUIRE(json["findings"].size() == 2);
  const Json &deadlock = json["findings"][0], &order = json["findings"][1];
  CHECK(deadlock["kind"] == "deadlock");
  CHECK(deadlock["headline"] == "thread a/1 waits for `ledger`, held by b/2, which waits for the end of a/1.");
  CHECK(deadlock["advice"] == "join a thread without a lock that it needs to end.");
  CHECK(deadlock["more_at_same_places"] == 50);
  CHECK(deadlock["more_is_of_findings"] == 1);
  CHECK(deadlock["steps"][0] ==
        Json({{"thread", "a/1"}, {"does", "waits for"}, {"lock", "ledger"}, {"at", place("transfer(int)", "bank.cpp", 88, nullptr)}, {"blocked_by", "b/2"},
              {"since_ns", 104'000'000},
              {"holds", {{{"lock", "log"}, {"at", place("(anonymous namespace)::look_up", "", 0, 0x402a94)}}, {{"lock", "other"}, {"at", nullptr}}}},
              {"callers", {place("serve", "", 0, 0x99)}}}));
  CHECK(deadlock["steps"][1]["lock"].is_null());
  CHECK(deadlock["steps"][1]["does"] == "waits for the end of");
  CHECK(deadlock["steps"][1]["since_ns"] == 1'500'000'000);
  CHECK(deadlock["steps"][1]["at"] == place("stop", "", 0, nullptr));
  CHECK(order["steps"][0]["has"] == "A");
  CHECK(order["steps"][0]["has_at"] == place("one", "", 0, 1));
  CHECK(order["steps"][0]["at"] == place("two", "", 0, 2));
  CHECK(order["more_at_same_places"].is_null());
  CHECK(order["text"].get<std::string>().find("    then this in two [0x2]\n") != std::string::npos);
  CHECK(Json::parse(run_lockwrap("graph --json --only 2 " + (folder / "log")).output)["findings"] == Json::array({order}));
}

TEST_CASE("a log without a circle is no error for those who want JSON") {
  const TemporaryFolder folder;
  for (const char *log : {"", "the program\n", "lockwrap: stuck: x.\n"}) {
    write_file(folder / "log", log);
    const CommandResult result = run_lockwrap("graph --json " + (folder / "log"));
    CHECK_MESSAGE(result.exit_status == 0, result.errors);
    CHECK(Json::parse(result.output)["findings"].empty());
  }
  CHECK(run_lockwrap("graph --json --only 1 " + (folder / "log")).exit_status == 2);
  CHECK(run_lockwrap("graph --json --dot " + (folder / "log")).exit_status == 2);
}

TEST_CASE("top writes a line of JSON for each look, the first since the start") {
  const TemporaryFolder folder;
  SyntheticProfile profile;
  for (int id = 1; id <= 30; ++id) {
    const std::string number = std::to_string(id);
    profile.comment("lockwrap lock id=" + number + " kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=1 wait_ns=" + number +
                    "000 max_wait_ns=1000 blamed_ns=0 name=lock" + number);
  }
  profile.frames(0x2000, {{"wait_here()", "/src/a.cpp", 5}}).sample({"waiter", 1, 0x2000, 0, {0x2000}, 1, 1000});
  profile.write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("top --json -n 2 -d 0.1 " + (folder / "a.pb.gz"));
  CHECK_MESSAGE(result.exit_status == 0, result.errors);
  CHECK(std::count(result.output.begin(), result.output.end(), '\n') == 2);
  std::istringstream lines(result.output);
  std::string first, second;
  std::getline(lines, first);
  std::getline(lines, second);
  const Json start = Json::parse(first), interval = Json::parse(second);
  CHECK(start["version"] == 1);
  CHECK(start["since_start"] == true);
  CHECK(start["locks"].size() == 30);
  CHECK(start["locks"][0]["lock"] == "lock30");
  CHECK(interval["since_start"] == false);
  CHECK(interval["locks"].empty());
}
