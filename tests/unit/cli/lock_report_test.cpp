// How samples become rows: grouping, plumbing, order, blame. Names come from inside the profile.
#include <doctest/doctest.h>

#include <sstream>

#include "names/frame_source.h"
#include "names/lock_names.h"
#include "report/lock_report.h"
#include "profile/profile_reader.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using lockwrap::test::SyntheticProfile;

namespace {

LockReport report_of(const SyntheticProfile &synthetic, const ReportOptions &options = {}) {
  const auto [profile, locks] = parse_profile_and_locks(synthetic.bytes(), "synthetic");
  FrameSource frames(profile, nullptr);
  LockPlaces places(locks, frames);
  return make_report(locks, places, name_locks(locks, places, nullptr), options);
}

std::string lock_comment(int id, int contentions, int wait_ns, int max_wait_ns, const std::string &rest) {
  std::ostringstream text;
  text << "lockwrap lock id=" << id << " kind=mutex address=0x" << std::hex << 0x9000 + id * 64 << std::dec
       << " contentions=" << contentions << " wait_ns=" << wait_ns << " max_wait_ns=" << max_wait_ns << " " << rest;
  return text.str();
}

std::string names_of(const LockReport &report) {
  std::string names;
  for (const LockRow &row : report.rows) names += row.name + " ";
  return names;
}

// Three locks that lead by wait, by count, by maximum and by blame in turn.
SyntheticProfile three_locks() {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 5, 9000, 2000, "blamed_ns=10 name=longest"));
  profile.comment(lock_comment(2, 50, 5000, 100, "blamed_ns=20 name=often"));
  profile.comment(lock_comment(3, 1, 4000, 4000, "blamed_ns=3000 name=single"));
  profile.comment(lock_comment(4, 0, 0, 0, "blamed_ns=0 name=idle"));
  return profile;
}

}  // namespace

TEST_CASE("locks are ordered by wait or count or maximum and by blame on the holder side") {
  CHECK(names_of(report_of(three_locks())) == "longest often single ");
  CHECK(names_of(report_of(three_locks(), {Side::kWaiter, SortBy::kCount, 0})) == "often longest single ");
  CHECK(names_of(report_of(three_locks(), {Side::kWaiter, SortBy::kMaximum, 0})) == "single longest often ");
  CHECK(names_of(report_of(three_locks(), {Side::kHolder, SortBy::kWait, 0})) == "single often longest ");
}

TEST_CASE("top cuts after the order is made and says how many are left out") {
  const LockReport report = report_of(three_locks(), {Side::kWaiter, SortBy::kCount, 1});
  CHECK(names_of(report) == "often ");
  CHECK(report.hidden_rows == 2);
  CHECK(report.wait_ns == 18000);
}

TEST_CASE("locks of one class on the heap are one row with their number") {
  SyntheticProfile profile;
  profile.frames(0x2000, {{"Session::Session(int)", "/src/session.cpp", 12}});
  profile.frames(0x2100, {{"Session::Session(int)", "/src/session.cpp", 12}});  // the same line, inlined elsewhere
  profile.frames(0x2200, {{"Session::Session(int)", "/src/session.cpp", 40}});
  profile.comment(lock_comment(1, 1, 100, 90, "created=0x2000 first_use=0x0 histogram=6:1"));
  profile.comment(lock_comment(2, 2, 200, 150, "created=0x2000 first_use=0x0 histogram=6:1,7:1"));
  profile.comment(lock_comment(3, 3, 300, 120, "created=0x2100 first_use=0x0"));
  profile.comment(lock_comment(4, 1, 50, 50, "created=0x2200 first_use=0x0"));
  profile.comment(lock_comment(5, 1, 40, 40, "created=0x0 first_use=0x2000"));
  const LockReport report = report_of(profile);
  REQUIRE(report.rows.size() == 3);
  CHECK(report.rows[0].name == "mutex created in Session::Session() session.cpp:12");
  CHECK(report.rows[0].instances == 3);
  CHECK(report.rows[0].contentions == 6);
  CHECK(report.rows[0].wait_ns == 600);
  CHECK(report.rows[0].max_wait_ns == 150);
  CHECK(report.rows[0].histogram == std::map<int, int64_t>{{6, 2}, {7, 1}});
  CHECK(report.rows[1].name == "mutex created in Session::Session() session.cpp:40");
  CHECK(report.rows[2].name == "mutex first used in Session::Session() session.cpp:12");
}

TEST_CASE("a lock of which nothing is known has its kind and address") {
  SyntheticProfile profile;
  profile.comment(lock_comment(1, 1, 100, 90, "created=0x0 first_use=0x0"));
  profile.sample({"waiter", 9, 0x5000, 0, {0x5000}, 2, 700, "mutex@0xabc0", 0xabc0});
  const LockReport report = report_of(profile);
  CHECK(names_of(report) == "mutex@0xabc0 mutex@0x9040 ");
  CHECK(report.rows[0].contentions == 2);
  CHECK(report.rows[0].waits_in.at(0).place.function == "0x5000");
}

TEST_CASE("plumbing frames are skipped through inlined frames and through the stack") {
  SyntheticProfile profile;
  profile.frames(0x2000, {{"__gthread_mutex_lock(pthread_mutex_t*)", "/usr/include/gthr.h", 749},
                          {"std::mutex::lock()", "/usr/include/std_mutex.h", 100},
                          {"std::lock_guard<std::mutex>::lock_guard(std::mutex&)", "/usr/include/std_mutex.h", 229},
                          {"Cache::get(int)", "/src/cache.cpp", 41},
                          {"Server::answer()", "/src/server.cpp", 7}});
  profile.frames(0x3000, {{"std::mutex::lock()", "/usr/include/std_mutex.h", 100}});
  profile.frames(0x3100, {{"std::lock_guard<std::mutex>::lock_guard(std::mutex&)", "", 229}});
  profile.frames(0x3200, {{"Cache::put(int)", "/src/cache.cpp", 77}});
  profile.comment(lock_comment(1, 3, 1000, 90, "name=cache"));
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000, 0x8000}, 1, 600});
  profile.sample({"waiter", 1, 0x3000, 0, {0x3000, 0x3100, 0x3200}, 1, 300});
  profile.sample({"waiter", 1, 0x3100, 0, {0x3100}, 1, 100});  // plumbing alone
  const LockReport report = report_of(profile);
  const std::vector<PlaceTotal> &waits_in = report.rows.at(0).waits_in;
  REQUIRE(waits_in.size() == 3);
  CHECK(waits_in[0].place == Place{"Cache::get(int)", "/src/cache.cpp", 41});
  CHECK(waits_in[1].place == Place{"Cache::put(int)", "/src/cache.cpp", 77});
  CHECK(waits_in[2].place.function == "std::lock_guard<std::mutex>::lock_guard(std::mutex&)");
}

TEST_CASE("an inlined and an outlined copy of a function are one place") {
  SyntheticProfile profile;
  profile.frames(0x2000, {{"flush()", "/src/a.cpp", 5}, {"run()", "/src/a.cpp", 90}});
  profile.frames(0x2100, {{"flush(int)", "/src/a.cpp", 5}});
  profile.frames(0x2200, {{"flush(int)", "/src/a.cpp", 6}});
  profile.comment(lock_comment(1, 3, 1000, 90, "name=cache"));
  for (const uint64_t site : {0x2000, 0x2100, 0x2200}) profile.sample({"waiter", 1, site, 0, {site}, 1, 100});
  const LockReport report = report_of(profile);
  REQUIRE(report.rows.at(0).waits_in.size() == 2);
  CHECK(report.rows.at(0).waits_in[0].wait_ns == 200);
}

TEST_CASE("a first use inside plumbing is named by the code that called it") {
  SyntheticProfile profile;
  profile.frames(0x3000, {{"std::mutex::lock()", "/usr/include/std_mutex.h", 100}});
  profile.frames(0x3200, {{"Cache::put(int)", "/src/cache.cpp", 77}});
  profile.comment(lock_comment(1, 1, 300, 300, "created=0x0 first_use=0x3000"));
  profile.sample({"waiter", 1, 0x3000, 0, {0x3000, 0x3200}, 1, 300});
  CHECK(names_of(report_of(profile)) == "mutex first used in Cache::put() cache.cpp:77 ");
}

TEST_CASE("holders are told by where they took the lock and pairs by both places") {
  SyntheticProfile profile;
  profile.frames(0x2000, {{"reader()", "/src/a.cpp", 5}});
  profile.frames(0x3000, {{"writer()", "/src/a.cpp", 50}});
  profile.frames(0x3010, {{"writer()", "/src/a.cpp", 60}});
  profile.comment(lock_comment(1, 4, 1000, 400, "blamed_ns=700 name=table"));
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 4, 1000});
  profile.sample({"holder", 1, 0x3000, 0x2000, {0x3010}, 2, 400});  // released at line 60
  profile.sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 1, 200});  // no stack sampled
  profile.sample({"holder", 1, 0x3000, 0, {0x3010}, 1, 100});       // several waiters
  const LockReport report = report_of(profile);
  const LockRow &row = report.rows.at(0);
  REQUIRE(row.held_by.size() == 1);
  CHECK(row.held_by[0].place == Place{"writer()", "/src/a.cpp", 50});
  CHECK(row.held_by[0].wait_ns == 700);
  CHECK(row.holds == 4);
  CHECK(row.unattributed_ns == 300);
  REQUIRE(row.pairs.size() == 2);
  CHECK(row.pairs[0].waits_at.function == "reader()");
  CHECK(row.pairs[0].wait_ns == 600);
  CHECK(row.pairs[1].waits_at.function == "");
}

TEST_CASE("sums of a hostile profile do not wrap round") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex contentions=1 wait_ns=9223372036854775807 name=a");
  profile.comment("lockwrap lock id=2 kind=mutex contentions=1 wait_ns=9223372036854775807 name=a");
  profile.sample({"holder", 1, 0x2000, 0, {0x2000}, INT64_MAX, INT64_MAX});
  profile.sample({"holder", 2, 0x2000, 0, {0x2000}, INT64_MAX, INT64_MAX});
  profile.sample({"waiter", 2, 0x2000, 0, {0x2000}, -5, INT64_MIN});
  const LockReport report = report_of(profile);
  CHECK(report.rows.at(0).wait_ns == INT64_MAX);
  CHECK(report.rows.at(0).held_by.at(0).wait_ns == INT64_MAX);
  CHECK(report.rows.at(0).waits_in.at(0).contentions == 0);
}
