// What is new in the second of two profiles.
#include "report/profile_change.h"

#include <doctest/doctest.h>

#include "live_process.h"

using namespace lockwrap::cli;

namespace {

LockProfile profile_of(int64_t contentions, int64_t wait_ns, int64_t max_wait_ns) {
  LockProfile profile;
  profile.pid = 7;
  profile.duration_ns = contentions * 1000;
  LockRecord lock;
  lock.id = 1;
  lock.address = 0x1000;
  lock.contentions = contentions;
  lock.wait_ns = wait_ns;
  lock.max_wait_ns = max_wait_ns;
  lock.histogram = {{3, contentions}, {9, 1}};
  profile.locks[1] = lock;
  static const uint32_t stack[] = {0, 1};
  profile.addresses = {0x2000, 0x3000};
  profile.samples.push_back({Side::kWaiter, 1, 0x2000, 0, "", stack, contentions, wait_ns});
  return profile;
}

}  // namespace

TEST_CASE("counters, histograms and samples are the difference") {
  const ProfileChange difference = change_between(profile_of(10, 400, 300), profile_of(25, 1000, 900));
  const LockProfile &change = difference.profile;
  const LockRecord &lock = change.locks.at(1);
  CHECK(change.duration_ns == 15'000);
  CHECK(lock.contentions == 15);
  CHECK(lock.wait_ns == 600);
  CHECK(lock.max_wait_ns == 900);
  CHECK(difference.bounded_maxima.empty());
  CHECK(lock.histogram == std::map<int, int64_t>{{3, 15}});
  REQUIRE(change.samples.size() == 1);
  CHECK(change.samples[0].wait_ns == 600);
}

TEST_CASE("a longest wait of before is not shown again") {
  const ProfileChange bound = change_between(profile_of(10, 400, 300), profile_of(25, 1000, 300));
  CHECK(bound.profile.locks.at(1).max_wait_ns == 16);
  CHECK(bound.bounded_maxima == std::set<uint64_t>{1});
  const ProfileChange nothing = change_between(profile_of(10, 400, 300), profile_of(10, 400, 300));
  CHECK(nothing.profile.locks.at(1).max_wait_ns == 0);
  CHECK(nothing.bounded_maxima.empty());
}

// The end of a bucket was shown as if it had been measured: one wait of 13.4 us had a maximum of 16.4 us.
TEST_CASE("no wait of an interval is longer than all of them together") {
  const ProfileChange one = change_between(profile_of(10, 400, 300), profile_of(11, 413, 300));
  CHECK(one.profile.locks.at(1).max_wait_ns == 13);
  CHECK(one.bounded_maxima.empty());  // of one wait this is its length
  const ProfileChange two = change_between(profile_of(10, 400, 300), profile_of(12, 415, 300));
  CHECK(two.profile.locks.at(1).max_wait_ns == 15);
  CHECK(two.bounded_maxima.count(1) == 1);
}

TEST_CASE("the histogram says nothing of the waits that go on") {
  LockProfile after = profile_of(13, 10'000, 300);
  after.locks[1].in_progress = 1;
  const ProfileChange change = change_between(profile_of(10, 400, 300), after);
  CHECK(change.profile.locks.at(1).max_wait_ns == 300);
  CHECK(change.bounded_maxima.count(1) == 1);
  LockProfile before = profile_of(10, 400, 300);
  before.locks[1].in_progress = 1;
  CHECK(change_between(before, profile_of(11, 413, 300)).bounded_maxima.count(1) == 1);  // which of the two ended is not known
}

TEST_CASE("nothing that happened leaves nothing, and less than before never counts below it") {
  const LockProfile same = change_between(profile_of(10, 400, 300), profile_of(10, 400, 300)).profile;
  CHECK(same.samples.empty());
  CHECK(same.locks.at(1).contentions == 0);
  LockProfile after = profile_of(10, 400, 300);
  after.samples[0].wait_ns = 1;
  after.duration_ns += 1;
  CHECK(change_between(profile_of(10, 400, 300), after).profile.samples.empty());
}

TEST_CASE("after a reset, of another process, or of another lock everything is new") {
  CHECK(change_between(profile_of(10, 400, 300), profile_of(5, 200, 100)).profile.locks.at(1).contentions == 5);
  LockProfile other = profile_of(25, 1000, 900);
  other.pid = 8;
  CHECK(change_between(profile_of(10, 400, 300), other).profile.locks.at(1).contentions == 25);
  other.pid = 7;
  other.locks[1].address = 0x5000;
  CHECK(change_between(profile_of(10, 400, 300), other).profile.locks.at(1).contentions == 25);
}

TEST_CASE("options of a running program are read as it reads them") {
  CHECK(option_value("dump_signal=USR2:profile_path=/tmp/a", "profile_path") == "/tmp/a");
  CHECK(option_value("profile_path='/tmp/a:b':dump_signal=USR1", "profile_path") == "/tmp/a:b");
  CHECK(option_value("profile_path=\"/tmp/a\":dump_signal=USR1", "dump_signal") == "USR1");
  CHECK(option_value("profile_path=/a:profile_path=/b", "profile_path") == "/b");
  CHECK(option_value("nonsense:dump_signal=USR2", "dump_signal") == "USR2");
  CHECK(option_value("profile_path='/never closed", "profile_path") == "/never closed");
  CHECK(option_value("", "profile_path") == "");
}

TEST_CASE("the pattern of a path finds what the program writes") {
  CHECK(glob_of_pattern("/tmp/%e.%p.%h.%t.%%.pb.gz", 42) == "/tmp/*.42.*.*.%.pb.gz");
  CHECK(glob_of_pattern("/tmp/a*b[1]", 42) == "/tmp/a\\*b\\[1]");
}
