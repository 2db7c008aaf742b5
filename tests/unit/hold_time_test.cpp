// How long holds last, from what is known of when they began; and what is told of the holder's sleep.
#include "runtime/contention/hold_time.h"

#include <doctest/doctest.h>
#include <time.h>

#include "runtime/base/clock.h"

using namespace lockwrap::contention;
using namespace lockwrap::locks;
using lockwrap::base::monotonic_ns;
using lockwrap::base::thread_cpu_ns;

namespace {

HoldLanes lanes_of(uint64_t begin_ns, uint64_t waited_since_ns, uint64_t now_ns) {
  HoldLanes lanes{};
  lanes.begin_ns = begin_ns;
  lanes.waited_since_ns = waited_since_ns;
  lanes.now_ns = now_ns;
  return lanes;
}

void sleep_ms(long milliseconds) {
  timespec rest{0, milliseconds * 1'000'000};
  nanosleep(&rest, nullptr);
}

// Fresh, of the calling thread.
struct OwnThread : ThreadRecord {
  OwnThread() : ThreadRecord{} { id.store(kernel_thread_id()); }
};

}  // namespace

TEST_CASE("hold times: a hold lasts from its beginning, if that is known") {
  HoldLanes lanes = lanes_of(1000, 1500, 3000);
  lanes.began_waited_for = true;
  CHECK(span_of(lanes, false, {}).begin_ns == 1000);
  CHECK(span_of(lanes, false, {}).seen_ns == 1000);
  lanes.began_waited_for = false;
  PendingWait own_wait{};
  own_wait.place = 3;
  CHECK(span_of(lanes, false, own_wait).begin_ns == 1000);
}

TEST_CASE("hold times: else it lasts from when the first waiter came") {
  const HoldSpan span = span_of(lanes_of(1000, 1500, 3000), false, {});
  CHECK(span.begin_ns == 0);
  CHECK(span.seen_ns == 1500);
}

TEST_CASE("hold times: a reader trusts its own note alone") {
  HoldLanes lanes = lanes_of(1000, 1500, 3000);
  lanes.began_waited_for = true;  // of some writer's hold before
  CHECK(span_of(lanes, true, {}).seen_ns == 1500);
  lanes.is_own = true;
  CHECK(span_of(lanes, true, {}).begin_ns == 1000);
  lanes.is_own = false;
  PendingWait no_room{};
  no_room.is_begin_unknown = true;
  CHECK(span_of(lanes, true, no_room).seen_ns == 0);
}

TEST_CASE("hold times: what is not known, or lies in the future, is no time") {
  OwnThread thread;
  LockRecord record{};
  CHECK(time_of(thread, record, lanes_of(0, 0, 3000), {0, 0}).ns == 0);
  CHECK(time_of(thread, record, lanes_of(0, 4000, 3000), {0, 4000}).ns == 0);
  CHECK(time_of(thread, record, lanes_of(0, 1000, 3000), {0, 1000}).ns == 2000);
  CHECK(time_of(thread, record, lanes_of(0, 1000, 3000), {0, 1000}).blocked_ns == kNotLooked);
}

TEST_CASE("hold times: a holder that sleeps is told from one that works") {
  OwnThread thread;
  LockRecord record{};
  const uint64_t slept_from = monotonic_ns();
  note_begin(thread, slept_from);
  for (int nap = 0; nap < 10; ++nap) sleep_ms(2);  // one that is interrupted once more than it sleeps would be in doubt
  uint64_t now_ns = monotonic_ns();
  HoldTime time = time_of(thread, record, lanes_of(slept_from, 0, now_ns), {slept_from, slept_from});
  CHECK(time.ns == now_ns - slept_from);
  REQUIRE(time.blocked_ns != kNotLooked);
  CHECK(static_cast<double>(time.blocked_ns) > 0.5 * static_cast<double>(time.ns));

  thread.look_due_ns = 0;
  const uint64_t worked_from = monotonic_ns(), ran_ns = thread_cpu_ns(0);
  note_begin(thread, worked_from);
  while (thread_cpu_ns(0) - ran_ns < 20'000'000) {
  }
  now_ns = monotonic_ns();
  time = time_of(thread, record, lanes_of(worked_from, 0, now_ns), {worked_from, worked_from});
  REQUIRE(time.blocked_ns != kNotLooked);
  CHECK(static_cast<double>(time.blocked_ns) < 0.5 * static_cast<double>(time.ns));
}

TEST_CASE("hold times: the kernel is asked once in a while, and an old look is nobody's") {
  OwnThread thread;
  LockRecord record{};
  const uint64_t now_ns = monotonic_ns();
  note_begin(thread, now_ns);
  note_begin(thread, now_ns + kLookEveryNs - 1);
  CHECK(thread.look.begin_ns == now_ns);
  note_begin(thread, now_ns + kLookEveryNs);
  CHECK(thread.look.begin_ns == now_ns + kLookEveryNs);
  const HoldLanes lanes = lanes_of(now_ns, 0, now_ns + 100);
  CHECK(time_of(thread, record, lanes, {now_ns, now_ns}).blocked_ns == kNotLooked);
}

TEST_CASE("hold times: a waiter's look counts for the holder that it saw alone") {
  OwnThread thread;
  LockRecord record{};
  record.look_ns.store(1000);
  record.look_cpu_ns.store(1);
  record.look_thread.store(thread.id.load() + 1);
  CHECK(time_of(thread, record, lanes_of(0, 1000, 3000), {0, 1000}).blocked_ns == kNotLooked);
  record.look_thread.store(thread.id.load());
  CHECK(time_of(thread, record, lanes_of(0, 1000, 3000), {0, 1000}).blocked_ns != kNotLooked);
  CHECK(time_of(thread, record, lanes_of(0, 1001, 3000), {0, 1001}).blocked_ns == kNotLooked);
}

TEST_CASE("hold times: the first waiter is noted, further ones are not") {
  LockRecord record{};
  const LockRef lock{0, nullptr, 0, LockKind::kRwlock};
  note_arrival(record, lock, 1000);
  record.pulse.arrive();
  note_arrival(record, lock, 2000);
  CHECK(record.waited_since_ns.load() == 1000);
  record.pulse.leave();
  note_arrival(record, lock, 3000);
  CHECK(record.waited_since_ns.load() == 3000);
}
