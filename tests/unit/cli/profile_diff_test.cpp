// The change from one profile to another, in numbers and in words.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::test;
using nlohmann::json;

namespace {

struct Wait {
  std::string lock;
  std::string function;
  long wait_ns;
  int line = 5;
};

// One waiter a lock, in a function called by main.
SyntheticProfile profile_of(const std::vector<Wait> &waits) {
  SyntheticProfile profile;
  profile.frames(0x4000, {{"main", "/src/main.cpp", 1}});
  uint64_t id = 0;
  for (const Wait &wait : waits) {
    const uint64_t site = 0x2000 + 16 * ++id;
    std::ostringstream comment;
    comment << "lockwrap lock id=" << id << " kind=mutex address=0x1000 created=0x0 first_use=0x2000 contentions=2 wait_ns=" << wait.wait_ns
            << " max_wait_ns=" << wait.wait_ns << " blamed_ns=0 name=" << wait.lock;
    profile.comment(comment.str()).frames(site, {{wait.function, "/src/a.cpp", wait.line}});
    profile.sample({"waiter", id, site, 0, {site, 0x4000}, 2, wait.wait_ns});
  }
  return profile;
}

struct Pair {
  TemporaryFolder folder;
  std::string before = folder / "before.pb.gz", after = folder / "after.pb.gz";

  Pair(const SyntheticProfile &first, const SyntheticProfile &second) {
    first.write(before);
    second.write(after);
  }
  CommandResult run(const std::string &options) { return run_lockwrap("diff " + before + " " + after + " " + options); }
};

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

std::string without_line_breaks(std::string text) {
  for (char &character : text) character = character == '\n' ? ' ' : character;
  return text;
}

}  // namespace

TEST_CASE("a diff of equal profiles says that nothing changed") {
  const SyntheticProfile profile = profile_of({{"ledger", "use()", 1000000}});
  Pair pair(profile, profile);
  const CommandResult result = pair.run("");
  CHECK(result.exit_status == 0);
  CHECK_MESSAGE(has(result.output, "Nothing changed: both profiles say the same"), result.output);
  CHECK(json::parse(pair.run("--json").output)["equal"] == true);
  Pair empty(profile_of({}), profile_of({}));
  CHECK(has(empty.run("").output, "Nobody waited for a lock in either profile"));
}

TEST_CASE("a diff names what changed most, new locks and gone ones") {
  Pair pair(profile_of({{"ledger", "use()", 24'000'000'000}, {"old", "use()", 12'000'000}, {"same", "keep()", 7}}),
            profile_of({{"ledger", "use()", 12'000'000'000, 9}, {"fresh", "use()", 36'000'000}, {"same", "keep()", 7}}));
  const CommandResult result = pair.run("");
  CHECK(result.exit_status == 0);
  const std::string flat = without_line_breaks(result.output);
  CHECK_MESSAGE(has(flat, "Threads wait less now: 1.00 s instead of 2.00 s in each watched second. Most of all, `ledger` got better: 2.00 s became 1.00 s. "
                          "1 lock is new: `fresh`. 1 lock is gone: `old`."), result.output);
  const size_t ledger = result.output.find("\nledger "), fresh = result.output.find("\nfresh (new)"), old = result.output.find("\nold (gone)"),
               same = result.output.find("\nsame ");
  CHECK(ledger < fresh);
  CHECK(fresh < old);
  CHECK(old < same);
  CHECK_MESSAGE(has(result.output, "-1.00 s (-50 %) waits in use() a.cpp"), result.output);  // although the line moved
  CHECK(has(result.output, "-1.00 s (-50 %) waits for `ledger`: main > use()"));
}

TEST_CASE("a lock without a name is the same one when its line moved") {
  const auto unnamed = [](int line) {
    SyntheticProfile profile;
    profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 created=0x2000 first_use=0x2000 contentions=2 wait_ns=12000000000 max_wait_ns=7 blamed_ns=0");
    profile.frames(0x2000, {{"make()", "/src/a.cpp", line}}).sample({"waiter", 1, 0x2000, 0, {0x2000}, 2, 12'000'000'000});
    return profile;
  };
  Pair pair(unnamed(5), unnamed(6));
  CHECK(json::parse(pair.run("--json").output)["equal"] == true);
  Pair first(profile_of({}), unnamed(6));
  const CommandResult fresh = first.run("");
  CHECK(has(without_line_breaks(fresh.output), "`mutex created in make() a.cpp:6` is new: 1.00 s."));
  CHECK_FALSE(has(fresh.output, "1 lock is new"));  // it was said
}

TEST_CASE("a diff compares watched seconds, and sums if asked") {
  Pair pair(profile_of({{"ledger", "use()", 1'000'000'000}}).duration(10'000'000'000), profile_of({{"ledger", "use()", 1'000'000'000}}).duration(20'000'000'000));
  const json rates = json::parse(pair.run("--json").output);
  CHECK(rates["per_second"] == true);
  REQUIRE(rates["locks"].size() == 1);
  REQUIRE(rates["stacks"].size() == 1);
  CHECK(rates["locks"][0]["wait_ns"]["before"] == 1e8);
  CHECK(rates["locks"][0]["wait_ns"]["change"] == -5e7);
  CHECK(rates["stacks"][0]["functions"] == json({"main", "use()"}));
  CHECK(json::parse(pair.run("--json --absolute").output)["equal"] == true);
  Pair unknown(profile_of({{"ledger", "use()", 1000}}).duration(0), profile_of({{"ledger", "use()", 3000}}));
  const CommandResult sums = unknown.run("");
  CHECK_MESSAGE(has(sums.output, "3.00 us instead of 1.00 us in total"), sums.output);
}

TEST_CASE("conditions decide the exit status of diff and report, and are told") {
  Pair pair(profile_of({{"ledger", "use()", 1000000}}), profile_of({{"ledger", "use()", 3000000}}));
  const CommandResult holding = pair.run("--fail-on 'wait>100%' --fail-on 'lock:ledger.max>1h'");
  CHECK(holding.exit_status == 1);
  CHECK_MESSAGE(has(holding.errors, "lockwrap: wait>100% holds: "), holding.errors);
  CHECK_FALSE(has(holding.errors, "1h"));
  CHECK(has(holding.output, "got worse"));
  CHECK(pair.run("--fail-on 'wait>300%'").exit_status == 0);
  CHECK(run_lockwrap("report " + pair.after + " --fail-on 'lock:ledger.max>1ms'").exit_status == 1);
  CHECK(run_lockwrap("report " + pair.after + " --fail-on 'lock:ledger.max>3ms' --top 1").exit_status == 0);
}

TEST_CASE("a condition sees also the locks that a report does not show") {
  Pair pair(profile_of({{"ledger", "use()", 1000000}, {"journal", "use()", 1000}}), profile_of({}));
  CHECK(run_lockwrap("report " + pair.before + " --top 1 --fail-on 'lock:journal.count>1'").exit_status == 1);
}
