// The table and the sentences after it.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "run_command.h"
#include "synthetic_profile.h"
#include "base/text_table.h"

using namespace lockwrap::test;

namespace {

std::string report_text(const SyntheticProfile &profile, const std::string &options = "") {
  const TemporaryFolder folder;
  profile.write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("report " + (folder / "a.pb.gz") + " " + options);
  REQUIRE_MESSAGE(result.exit_status == 0, result.errors);
  return result.output;
}

SyntheticProfile busy(int64_t blamed_ns) {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=10 wait_ns=4200000000 max_wait_ns=900000000 "
                  "blamed_ns=" + std::to_string(blamed_ns) + " name=accounts");
  profile.frames(0x2000, {{"Cache::get(int)", "/src/cache.cpp", 41}});
  profile.frames(0x2100, {{"Cache::put(int)", "/src/cache.cpp", 77}});
  profile.frames(0x3000, {{"Ledger::rebuild()", "/src/ledger.cpp", 88}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 9, 3'654'000'000});
  profile.sample({"waiter", 1, 0x2100, 0, {0x2100}, 1, 546'000'000});
  if (blamed_ns > 0) profile.sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 5, blamed_ns});
  return profile;
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

// The sentences are broken into lines.
std::string joined(std::string text) {
  for (char &character : text) {
    if (character == '\n') character = ' ';
  }
  return text;
}

}  // namespace

TEST_CASE("the table names the lock with its waiters and holders") {
  CHECK(report_text(busy(3'906'000'000)).rfind(
            "service, pid 17, watched 12.0 s\n"
            "\n"
            "LOCK      WAITED  COUNT    MEAN     MAX  WAITS IN                          HELD BY\n"
            "accounts  4.20 s     10  420 ms  900 ms  Cache::get() cache.cpp:41 (87 %)  Ledger::rebuild() ledger.cpp:88 (93 %)\n"
            "                                         Cache::put() cache.cpp:77 (13 %)\n", 0) == 0);
}

TEST_CASE("the sentence says which lock and who holds it and what to do") {
  const std::string text = joined(report_text(busy(3'906'000'000)));
  CHECK(has(text, "Threads waited 4.20 s in total for `accounts`, most of it in Cache::get() (cache.cpp:41); "
                  "93 % of it while Ledger::rebuild() (ledger.cpp:88) held it. Look there first: shorten that hold."));
  CHECK_FALSE(has(text, "no holder"));
  CHECK_FALSE(has(text, "Dropped"));
}

TEST_CASE("the sentence says how long holds take, and that the holder sleeps") {
  SyntheticProfile profile = busy(3'906'000'000);
  const std::string holder = "lockwrap holder lock=1 site=0x3000 holds=100 hold_ns=400000000 max_hold_ns=90000000 looked_ns=";
  profile.comment(holder + "0 blocked_ns=0 histogram=22:99,26:1");
  const std::string text = joined(report_text(profile));
  CHECK(has(text, "held it, 4.00 ms at a time on average, 99 % of its holds at most 8.39 ms, 90.0 ms at most."));
  CHECK_FALSE(has(text, "sleeps"));
  SyntheticProfile sleeping = busy(3'906'000'000);
  sleeping.comment(holder + "200000000 blocked_ns=190000000 histogram=22:99,26:1");
  CHECK(has(joined(report_text(sleeping)), "Held across a blocking call: the holder sleeps for 95 % of the time that it has the lock"));
  SyntheticProfile once = busy(0);
  once.sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 1, 3'906'000'000});
  once.comment("lockwrap holder lock=1 site=0x3000 holds=1 hold_ns=900000000 max_hold_ns=900000000 looked_ns=0 blocked_ns=0 histogram=");
  CHECK(has(joined(report_text(once)), "held it, once, 900 ms."));
}

// Fifteen holds have no 99 % below their longest, and then the longest was not told either.
TEST_CASE("the sentence tells of the longest hold what the mean leaves unsaid, first where that is what makes threads wait") {
  const auto text_of = [](const std::string &times) {
    SyntheticProfile profile = busy(3'906'000'000);
    profile.comment("lockwrap holder lock=1 site=0x3000 looked_ns=0 blocked_ns=0 " + times);
    return joined(report_text(profile));
  };
  CHECK(has(text_of("holds=15 hold_ns=658500000 max_hold_ns=52000000 histogram=25:15"), "held it, 43.9 ms at a time on average, 52.0 ms at most. "));
  CHECK(has(text_of("holds=15 hold_ns=765000000 max_hold_ns=52000000 histogram=25:15"), "held it, 51.0 ms at a time on average. "));
  // A mean wait of 420 ms is not made of holds of 229 ns.
  CHECK(has(text_of("holds=1000000 hold_ns=229000000 max_hold_ns=300000000 histogram=7:999999,28:1"),
            "held it, up to 300 ms at a time (229 ns on average, 99 % of its holds at most 256 ns). "));
  CHECK(has(text_of("holds=1000000 hold_ns=229000000 max_hold_ns=4000000 histogram=7:999999,21:1"), "held it, 229 ns at a time on average, "));
}

TEST_CASE("the sentence says that readers delay writers, and that they sleep") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=rwlock address=0x1000 contentions=1 wait_ns=3000000000 max_wait_ns=3000000000 blamed_ns=2900000000 name=prices");
  profile.frames(0x2000, {{"Prices::load()", "/src/prices.cpp", 41}}).frames(0x3000, {{"Prices::get()", "/src/prices.cpp", 88}});
  profile.sample({.site = 0x2000, .addresses = {0x2000}, .contentions = 1, .wait_ns = 3'000'000'000, .mode = "write"});
  profile.sample({.side = "holder", .site = 0x3000, .waiter_site = 0x2000, .addresses = {0x3000}, .contentions = 600, .wait_ns = 2'900'000'000, .mode = "read"});
  CHECK(has(joined(report_text(profile)), "Readers delay writers. What usually helps: shorter reads, or a copy that"));
  profile.comment("lockwrap holder lock=1 site=0x3000 mode=read holds=600 hold_ns=3000000000 max_hold_ns=5100000 looked_ns=2000000000 blocked_ns=1960000000 histogram=22:600");
  const std::string text = joined(report_text(profile));
  CHECK(has(text, "Readers delay writers, and sleep while they hold it (98 % of the time). What usually helps: sleep, or wait for I/O, outside the lock "));
  CHECK_FALSE(has(text, "Held across a blocking call"));
  CHECK(has(report_text(profile, "--json"), "\"pattern\": \"readers-delay-writers\""));
}

TEST_CASE("hold times of a call that several functions go through are the lock's, not one function's") {
  SyntheticProfile profile = busy(1'000'000'000);
  profile.frames(0x3100, {{"std::mutex::lock()", "/usr/include/std_mutex.h", 100}});
  profile.sample({"holder", 1, 0x3100, 0x2000, {0x3101, 0x3000}, 5, 900'000'000});
  profile.sample({"holder", 1, 0x3100, 0x2000, {0x3102, 0x2100}, 5, 900'000'000});
  profile.frames(0x3101, {{"std::mutex::unlock()", "/usr/include/std_mutex.h", 110}}).frames(0x3102, {{"std::mutex::unlock()", "/usr/include/std_mutex.h", 110}});
  profile.comment("lockwrap holder lock=1 site=0x3100 holds=2 hold_ns=8000000 max_hold_ns=5000000 looked_ns=0 blocked_ns=0 histogram=21:2");
  const TemporaryFolder folder;
  profile.write(folder / "a.pb.gz");
  const CommandResult result = run_lockwrap("report --json " + (folder / "a.pb.gz"));
  const nlohmann::json lock = nlohmann::json::parse(result.output)["locks"][0];
  CHECK(lock["holds"]["mean_ns"] == 4'000'000);
  for (const nlohmann::json &place : lock["held_by"]) CHECK_FALSE(place.contains("holds"));
}

TEST_CASE("a large share without a holder is said plainly") {
  const std::string some = joined(report_text(busy(2'940'000'000)));
  CHECK(has(some, "no holder seen (30 %)"));
  CHECK(has(some, "For 30 % of the time no holder was seen: the lock was already free and the woken thread did not run yet, "
                  "or code that lockwrap does not see held it."));
  const std::string most = joined(report_text(busy(1'000'000'000)));
  CHECK(has(most, "no holder seen (76 %)"));
  CHECK_FALSE(has(most, "shorten that hold"));
  CHECK(has(joined(report_text(busy(0))), "no holder was recorded. For 100 % of the time"));
}

TEST_CASE("the holder side leads with blame") {
  const std::string text = report_text(busy(3'906'000'000), "--side=holder");
  CHECK(has(text, "LOCK      BLAMED  HOLDS  PER HOLD  HELD BY"));
  CHECK(has(text, "accounts  3.91 s      5    781 ms  Ledger::rebuild() ledger.cpp:88 (93 %)"));
  CHECK(has(joined(text), "Holders of `accounts` made other threads wait 3.91 s of the 4.20 s waited in total"));
}

// The longest wait stood there, as if it were part of what holders are blamed for.
TEST_CASE("the holder side has the longest hold, where holds were timed") {
  SyntheticProfile profile = busy(3'906'000'000);
  profile.comment("lockwrap holder lock=1 site=0x3000 holds=5 hold_ns=300000000 max_hold_ns=88000000 looked_ns=0 blocked_ns=0 histogram=25:5");
  profile.comment("lockwrap lock id=2 kind=mutex contentions=1 wait_ns=9000000 max_wait_ns=9000000 blamed_ns=8000000 name=untimed");
  profile.sample({"holder", 2, 0x3000, 0x2000, {0x3000}, 1, 8'000'000});
  const std::string text = report_text(profile, "--side=holder");
  CHECK(has(text, "LOCK       BLAMED  HOLDS  PER HOLD  LONGEST HOLD  HELD BY"));
  CHECK(has(text, "accounts   3.91 s      5    781 ms       88.0 ms  Ledger"));
  CHECK(has(text, "untimed   8.00 ms      1   8.00 ms             -  Ledger"));
  profile.comment("lockwrap lock id=3 kind=mutex contentions=1 wait_ns=9000000 max_wait_ns=9000000 blamed_ns=8000000 name=longest");
  profile.sample({"holder", 3, 0x3000, 0x2000, {0x3000}, 1, 8'000'000});
  profile.comment("lockwrap holder lock=3 site=0x3000 holds=1 hold_ns=99000000 max_hold_ns=99000000 looked_ns=0 blocked_ns=0 histogram=26:1");
  CHECK(has(report_text(profile, "--side=holder --by=max"), "\nlongest   8.00 ms      1   8.00 ms       99.0 ms  Ledger::rebuild() ledger.cpp:88 (89 %)  \naccounts") == false);
  const std::string by_maximum = report_text(profile, "--side=holder --by=max");
  CHECK(by_maximum.find("\nlongest ") < by_maximum.find("\naccounts "));
}

TEST_CASE("a profile in which nothing waited is called a good result") {
  const std::string text = report_text(SyntheticProfile());
  CHECK(has(text, "No thread had to wait for a lock. That is a good result"));
  CHECK_FALSE(has(text, "WAITED"));
  CHECK(text.ends_with("remove.\n"));
}

TEST_CASE("dropped counts are shown at the end when there are some") {
  SyntheticProfile profile = busy(1);
  profile.comment("lockwrap dropped samples=0 locks=7 stacks=0 pairs=2");
  CHECK(has(report_text(profile), "\nDropped: 7 locks, 2 pairs. "));
  CHECK(has(report_text(profile), "memory_limit_mb"));
  CHECK_FALSE(has(report_text(profile), "Also dropped"));
}

TEST_CASE("memory_limit_mb is not named where it does not help") {
  SyntheticProfile other = busy(1);
  other.comment("lockwrap dropped samples=0 locks=0 frames=3 nested=12");
  const std::string text = report_text(other);
  CHECK(has(text, "\nDropped: 3 stacks cut short, deeper than 128 frames, 12 waits in signal handlers that"));
  CHECK_FALSE(has(text, "memory_limit_mb"));
  SyntheticProfile both = busy(1);
  both.comment("lockwrap dropped samples=2 locks=0 threads=3");
  CHECK(has(report_text(both), "\nDropped: 2 samples. "));
  std::string words = report_text(both);
  std::ranges::replace(words, '\n', ' ');
  CHECK(has(words, "Also dropped: 3 calls of threads beyond the number that can be watched."));
}

TEST_CASE("locks beyond top are counted below the table") {
  SyntheticProfile profile = busy(1);
  profile.comment("lockwrap lock id=2 kind=mutex contentions=1 wait_ns=5 name=second");
  profile.comment("lockwrap lock id=3 kind=mutex contentions=1 wait_ns=4 name=third");
  const std::string text = report_text(profile, "--top 1");
  CHECK_FALSE(has(text, "second"));
  CHECK(has(text, "2 more locks: --top 0 shows all."));
  CHECK(has(report_text(profile, "--top 0"), "third"));
}

TEST_CASE("control characters of a name do not reach the terminal") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex contentions=1 wait_ns=5 name=evil\x1b[2Jname");
  const std::string text = report_text(profile);
  CHECK(has(text, "evil?[2Jname"));
  CHECK_FALSE(has(text, "\x1b"));
}

TEST_CASE("words are wrapped only at spaces") {
  using Lines = std::vector<std::string>;
  CHECK(lockwrap::cli::wrap_words("aa bb cc", 5) == Lines{"aa bb", "cc"});
  CHECK(lockwrap::cli::wrap_words("longword b", 3) == Lines{"longword", "b"});
  CHECK(lockwrap::cli::wrap_words("", 3) == Lines{""});
}

// The figures of every row stood five hundred columns to the right.
TEST_CASE("a long name takes no more than its column, and is whole in the sentence and in JSON") {
  const std::string name = "begin_" + std::string(500, 'x') + "_end";
  SyntheticProfile profile = busy(1);
  profile.comment("lockwrap lock id=2 kind=mutex contentions=1 wait_ns=9000000000 max_wait_ns=5 name=" + name);
  const std::string text = report_text(profile);
  CHECK(has(text, "\nbegin_xxxxxxxxxxxxx...xxxxxxxxxxxxxx_end  9.00 s "));
  CHECK(has(text, "`" + name + "`"));
  CHECK(has(report_text(profile, "--json"), "\"" + name + "\""));
  const TemporaryFolder folder;
  busy(1).write(folder / "before.pb.gz");
  profile.write(folder / "now.pb.gz");
  const std::string diff = run_lockwrap("diff " + (folder / "before.pb.gz") + " " + (folder / "now.pb.gz")).output;
  CHECK(has(diff, "\nbegin_xxxxxxxxxxxxx...xxxxxxxxxxxxxx_end  "));
  CHECK(has(joined(diff), "`" + name + "` is new"));
}

TEST_CASE("a name is cut in the middle, between characters, and its words are kept where they fit") {
  using lockwrap::cli::fitted_middle;
  using lockwrap::cli::wrap_name;
  using Lines = std::vector<std::string>;
  CHECK(fitted_middle("0123456789", 10) == "0123456789");
  CHECK(fitted_middle("0123456789", 8) == "012...89");
  CHECK(fitted_middle("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", 6) == "\u00e4\u00e4...\u00e4");
  CHECK(fitted_middle("0123456789", 3) == "012");
  CHECK(wrap_name("a lock", " (37 locks)", 40) == Lines{"a lock (37 locks)"});
  CHECK(wrap_name("aa 0123456789 b", " (2 locks)", 8) == Lines{"aa", "012...89", "b (2", "locks)"});
  CHECK(wrap_name("one two three four five six", "", 5) == Lines{"o...x"});
}

TEST_CASE("readers and writers of one lock are told apart") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=rwlock address=0x1000 contentions=10 wait_ns=1000000 max_wait_ns=500000 blamed_ns=1000000 "
                  "read_contentions=7 name=prices");
  profile.frames(0x2000, {{"Prices::use(bool)", "/src/prices.cpp", 41}});
  profile.frames(0x3000, {{"Prices::load()", "/src/prices.cpp", 88}});
  profile.sample({.site = 0x2000, .addresses = {0x2000}, .contentions = 7, .wait_ns = 700'000, .mode = "read"});
  profile.sample({.site = 0x2000, .addresses = {0x2000}, .contentions = 3, .wait_ns = 300'000, .mode = "write"});
  profile.sample({.side = "holder", .site = 0x3000, .waiter_site = 0x2000, .addresses = {0x3000}, .contentions = 10,
                  .wait_ns = 1'000'000, .mode = "write"});
  const std::string text = report_text(profile);
  CHECK(has(text, " 7 r + 3 w "));
  CHECK(has(text, "Prices::use() prices.cpp:41 reading (70 %)"));
  CHECK(has(text, "Prices::use() prices.cpp:41 writing (30 %)"));
  CHECK(has(text, "Prices::load() prices.cpp:88 writing (100 %)"));
  CHECK(has(report_text(profile, "--json"), "\"read_contentions\": 7"));
}

TEST_CASE("each lock that matters has a paragraph with its cost, its pattern and what helps") {
  SyntheticProfile profile = busy(3'906'000'000);
  profile.comment("lockwrap lock id=2 kind=mutex contentions=9000 wait_ns=900000000 max_wait_ns=400000 histogram=16:8999,18:1 name=queue");
  profile.comment("lockwrap lock id=3 kind=mutex contentions=5 wait_ns=90000000 max_wait_ns=5 name=seldom");
  const std::string text = joined(report_text(profile));
  CHECK(has(text, "10 waits: 420 ms on average, the longest 900 ms; on average 0.3 threads wait for it at any time. One hog: each of its holds "
                  "that is waited for costs the others 781 ms. What usually helps: "));
  CHECK(has(text, "Threads waited 900 ms in total for `queue`"));
  CHECK(has(text, "9000 waits: 100 us on average, 99 % of them at most 131 us, the longest 400 us; on average 0.07 threads wait"));
  CHECK(has(text, "Many short holds: "));
  CHECK_FALSE(has(text, "in total for `seldom`"));  // less than a twentieth of all waiting
  const std::string json = report_text(profile, "--json");
  CHECK(has(json, "\"pattern\": \"one-hog\""));
  CHECK(has(json, "\"p99_wait_ns\": 131072"));
  CHECK(has(json, "\"p99_wait_ns\": null"));
}
