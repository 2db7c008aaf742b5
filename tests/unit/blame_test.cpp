// What holds are charged with, by the model of a clock read at both ends of every hold.
#include "runtime/contention/blame.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "runtime/base/clock.h"

using namespace lockwrap::contention;
using namespace lockwrap::locks;
using lockwrap::base::monotonic_ns;

namespace {

constexpr uintptr_t kWaiterSite = 0x401234;
const LockRef kLock{0x1000, nullptr, 0, LockKind::kMutex};

// A record with one waiter that has come and stays.
struct WaitedFor {
  LockRecord record{};
  WaitedFor() {
    begin_blame();
    record.lanes[0].site.store(kWaiterSite);
    arrive();
  }
  void arrive() {
    record.lanes[0].waiting.arrive(monotonic_ns());
    record.pulse.arrive();
  }
  void leave() {
    record.lanes[0].waiting.leave(monotonic_ns());
    record.pulse.leave();
  }
};

// Each test runs twice: a hold of a thread's only mutex begins and ends the short way, if that may be; any other is looked at.
bool goes_the_short_way;
void go_both_ways() {
  SUBCASE("each hold is looked at") { goes_the_short_way = false; }
  SUBCASE("the short way") { goes_the_short_way = true; }
}

struct Sums {
  uint64_t held_ns = 0;
  uint64_t blamed_ns = 0;
  uint64_t holds = 0;

  // Holds for so long, and sums up what is charged and what should be.
  template <class Meanwhile>
  void hold(LockRecord& record, uint64_t ns, Meanwhile meanwhile) {
    const uint64_t begin_ns = monotonic_ns();
    uint64_t kept = goes_the_short_way ? begin_as_before(record) : kNotAsBefore;
    if (kept == kNotAsBefore) kept = begin_hold(record, kLock, 0);
    while (monotonic_ns() - begin_ns < ns) {
    }
    meanwhile();
    if (goes_the_short_way && ends_as_before(record, kept)) {
      held_ns += monotonic_ns() - begin_ns;
      return;
    }
    const HoldLanes lanes = read_lanes(record, nullptr, kept);
    held_ns += monotonic_ns() - begin_ns;
    uint64_t blamed[kLanes]{};
    const bool is_blamed = lanes.moved && split_blame(lanes, blamed);
    for (const uint64_t lane_ns : blamed) blamed_ns += lane_ns;
    if (is_blamed) holds += lanes.holds;
  }
  void hold(LockRecord& record, uint64_t ns) {
    hold(record, ns, [] {});
  }
};

double ratio(uint64_t value, uint64_t of) { return static_cast<double>(value) / static_cast<double>(of); }

// Of seven repetitions: a measured hold within which this thread is interrupted counts for many.
template <class Measure>
double median(Measure measure) {
  std::array<double, 7> results;
  for (double& result : results) result = measure();
  std::sort(results.begin(), results.end());
  return results[results.size() / 2];
}

}  // namespace

TEST_CASE("blame: the first holds that a waiter sees are charged to the nanosecond") {
  go_both_ways();
  WaitedFor lock;
  Sums sums;
  for (int i = 0; i < 20; ++i) sums.hold(lock.record, 100'000);
  CHECK(ratio(sums.blamed_ns, sums.held_ns) > 0.95);
  CHECK(ratio(sums.blamed_ns, sums.held_ns) <= 1.001);
  CHECK(sums.holds == 20);
}

TEST_CASE("blame: many holds before the same sleeping waiter are charged right on average") {
  go_both_ways();
  double share = 0;
  const double sum = median([&] {
    WaitedFor lock;
    Sums longer, shorter;
    for (int i = 0; i < 1000; ++i) {
      longer.hold(lock.record, 75'000);
      shorter.hold(lock.record, 25'000);
    }
    CHECK(longer.holds + shorter.holds > 2000 - 17);
    CHECK(longer.holds + shorter.holds < 2000 + 17);
    share = ratio(longer.blamed_ns, longer.blamed_ns + shorter.blamed_ns);
    return ratio(longer.blamed_ns + shorter.blamed_ns, longer.held_ns + shorter.held_ns);
  });
  CHECK(sum > 0.5);
  CHECK(sum < 2);
  CHECK(share > 0.4);  // of the last one: three quarters
}

TEST_CASE("blame: a long hold among many short ones is charged with its length") {
  go_both_ways();
  WaitedFor lock;
  Sums shorter, longer;
  for (int i = 0; i < 1000; ++i) shorter.hold(lock.record, 1'000);  // and the long one is not one that would be measured
  longer.hold(lock.record, 100'000'000);
  CHECK(ratio(longer.blamed_ns, longer.held_ns) > 0.85);
  CHECK(ratio(longer.blamed_ns, longer.held_ns) < 1.01);
}

TEST_CASE("blame: whoever comes or goes now and then makes nobody pay for more than was waited") {
  go_both_ways();
  for (const int between : {40, 200}) {
    CAPTURE(between);
    const double sum = median([&] {
      WaitedFor lock;
      Sums sums;
      uint64_t waited_ns = 0;
      bool are_two = false;
      for (int phase = 0; phase < 5'000 / between; ++phase) {
        const uint64_t before_ns = sums.held_ns;
        for (int i = 0; i < between; ++i) sums.hold(lock.record, 5'000);
        waited_ns += (sums.held_ns - before_ns) * (are_two ? 2 : 1);
        // In the middle of a hold, which is not counted.
        Sums().hold(lock.record, 5'000, [&] { are_two ? lock.leave() : lock.arrive(); });
        are_two = !are_two;
      }
      return ratio(sums.blamed_ns, waited_ns);
    });
    // On a crowded machine most of the time lies in a few holds within which the thread was interrupted.
    CHECK(sum > 0.3);
    CHECK(sum < 2.5);
  }
}

TEST_CASE("blame: a waiter that is just coming is charged to nobody more than once") {
  go_both_ways();
  const double sum = median([] {
    WaitedFor lock;
    Sums before, meanwhile;
    for (int i = 0; i < 100; ++i) before.hold(lock.record, 5'000);
    lock.record.lanes[0].waiting.arrive(monotonic_ns());  // and is interrupted before it moves the pulse
    for (int i = 0; i < 1000; ++i) meanwhile.hold(lock.record, 5'000);
    return ratio(meanwhile.blamed_ns, meanwhile.held_ns);
  });
  CHECK(sum < 4);  // two waiters
}

TEST_CASE("blame: a waiter that comes during a hold is charged from then on") {
  go_both_ways();
  WaitedFor lock;
  Sums before;
  for (int i = 0; i < 100; ++i) before.hold(lock.record, 1'000);
  Sums during;
  during.hold(lock.record, 50'000'000, [&] {
    lock.arrive();
    const uint64_t since_ns = monotonic_ns();
    while (monotonic_ns() - since_ns < 50'000'000) {
    }
  });
  // One waiter for 100 ms and one for 50 ms.
  CHECK(ratio(during.blamed_ns, during.held_ns) > 1.35);
  CHECK(ratio(during.blamed_ns, during.held_ns) < 1.65);
  Sums after;  // counted one by one again
  for (int i = 0; i < 10; ++i) after.hold(lock.record, 100'000);
  CHECK(ratio(after.blamed_ns, after.held_ns) > 1.9);
  CHECK(after.holds == 10);
}

TEST_CASE("blame: the short way is for holds that nobody came or went during, and that are not to be measured") {
  WaitedFor lock;
  CHECK(begin_as_before(lock.record) == kNotAsBefore);  // somebody has come
  const uint64_t first = begin_hold(lock.record, kLock, 0);
  CHECK_FALSE(ends_as_before(lock.record, first));
  uint64_t shorter = 0;
  constexpr uint64_t kHolds = 32 + 17 * 20;
  for (uint64_t i = 0; i < kHolds; ++i) {
    uint64_t kept = begin_as_before(lock.record);
    if (kept == kNotAsBefore) kept = begin_hold(lock.record, kLock, 0);
    else ++shorter;
    read_lanes(lock.record, nullptr, kept);
  }
  CHECK(shorter == 16 * 20);
  uint64_t kept = begin_as_before(lock.record);
  lock.leave();
  CHECK_FALSE(ends_as_before(lock.record, kept));
  begin_hold(lock.record, kLock, 0);
  kept = begin_as_before(lock.record);
  CHECK(kept == 0);  // nobody waits
  CHECK(ends_as_before(lock.record, kept));
  for (int i = 0; i < 2; ++i) CHECK(begin_as_before(lock.record) == 0);
  CHECK(begin_as_before(lock.record) == kNotAsBefore);  // it is quiet from now on: begin_hold does that
}
