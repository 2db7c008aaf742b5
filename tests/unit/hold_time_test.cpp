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

// Of a hold that began when nobody waited, unless changed.
HoldLanes lanes_of(uint64_t begin_ns, uint64_t now_ns) {
  HoldLanes lanes{};
  lanes.begin_ns = begin_ns;
  lanes.now_ns = now_ns;
  return lanes;
}

const LockRef kLock{0, nullptr, 0, LockKind::kRwlock};

// As the first or a further waiter does.
void arrive(LockRecord &record) { note_arrival(record, kLock, record.pulse.arrive()); }

// As a holder sees it that releases now.
HoldLanes seen_by_holder(const LockRecord &record) {
  HoldLanes lanes = lanes_of(0, monotonic_ns());
  lanes.first_wait_word = record.first_wait_word.load();
  lanes.seen_pulse = record.seen_pulse.load();
  return lanes;
}

HoldSpan span_of_exclusive(const LockRecord &record) { return span_of(seen_by_holder(record), true, {}); }

// Until a later moment has another number in first_wait_word.
void pass_a_unit() {
  const uint64_t from_ns = monotonic_ns();
  while (monotonic_ns() - from_ns < 4096) {
  }
}

// What a holder does that is to be told as sleeping: it really sleeps. The test waits for nothing by it.
void sleep_as_holder() {
  timespec rest{0, 2'000'000};
  nanosleep(&rest, nullptr);
}

// Fresh, of the calling thread.
struct OwnThread : ThreadRecord {
  OwnThread() : ThreadRecord{} { id.store(kernel_thread_id()); }
};

}  // namespace

TEST_CASE("hold times: a hold lasts from its beginning, if that is known") {
  HoldLanes lanes = lanes_of(1000, 3000);
  lanes.began_waited_for = true;
  CHECK(span_of(lanes, true, {}).begin_ns == 1000);
  CHECK(span_of(lanes, true, {}).seen_ns == 1000);
  lanes.began_waited_for = false;
  PendingWait own_wait{};
  own_wait.place = 3;
  CHECK(span_of(lanes, true, own_wait).begin_ns == 1000);
}

TEST_CASE("hold times: else it lasts from when the first waiter came") {
  LockRecord record{};
  const uint64_t before_ns = monotonic_ns();
  arrive(record);
  const uint64_t after_ns = monotonic_ns();
  pass_a_unit();
  arrive(record);
  const HoldSpan span = span_of_exclusive(record);
  CHECK(span.begin_ns == 0);
  CHECK(span.seen_ns >= before_ns);
  CHECK(span.seen_ns <= after_ns + 2048);  // in units, rounded up
}

TEST_CASE("hold times: a waiter that comes again and again does not make the hold younger") {
  LockRecord record{};
  arrive(record);
  const uint64_t first_ns = span_of_exclusive(record).seen_ns;
  for (int tries = 0; tries < 3; ++tries) {
    record.pulse.leave();
    pass_a_unit();
    arrive(record);
  }
  CHECK(span_of_exclusive(record).seen_ns == first_ns);
}

TEST_CASE("hold times: the first waiter of an earlier hold tells nothing of this one") {
  LockRecord record{};
  arrive(record);
  record.pulse.leave();
  record.seen_pulse.store(record.pulse.load());  // the next hold begins, and nobody waits
  CHECK(span_of_exclusive(record).seen_ns == 0);
  record.pulse.arrive();  // one that is just coming
  CHECK(span_of_exclusive(record).seen_ns == 0);
  record.pulse.leave();
  record.seen_pulse.store(record.pulse.load());
  const uint64_t before_ns = monotonic_ns();
  arrive(record);
  CHECK(span_of_exclusive(record).seen_ns >= before_ns);
}

TEST_CASE("hold times: a reader trusts its own note alone") {
  LockRecord record{};
  arrive(record);
  HoldLanes lanes = seen_by_holder(record);
  lanes.begin_ns = 1000;
  lanes.began_waited_for = true;  // of some writer's hold before
  CHECK(span_of(lanes, false, {}).begin_ns == 0);
  CHECK(span_of(lanes, false, {}).seen_ns > 1000);
  PendingWait no_room{};
  no_room.is_begin_unknown = true;
  CHECK(span_of(lanes, false, no_room).seen_ns == 0);
  lanes.is_own = true;
  CHECK(span_of(lanes, false, {}).begin_ns == 1000);
}

TEST_CASE("hold times: what is not known, or lies in the future, is no time") {
  OwnThread thread;
  LockRecord record{};
  CHECK(time_of(thread, record, lanes_of(0, 3000), {0, 0}).ns == 0);
  CHECK(time_of(thread, record, lanes_of(0, 3000), {0, 4000}).ns == 0);
  CHECK(time_of(thread, record, lanes_of(0, 3000), {1000, 1000}).ns == 2000);
  CHECK(time_of(thread, record, lanes_of(0, 3000), {1000, 1000}).blocked_ns == kNotLooked);
}

TEST_CASE("hold times: a holder that sleeps is told from one that works") {
  OwnThread thread;
  LockRecord record{};
  const uint64_t slept_from = monotonic_ns();
  note_begin(thread, record, slept_from);
  for (int nap = 0; nap < 10; ++nap) sleep_as_holder();  // one that is interrupted once more than it sleeps would be in doubt
  uint64_t now_ns = monotonic_ns();
  HoldTime time = time_of(thread, record, lanes_of(slept_from, now_ns), {slept_from, slept_from});
  CHECK(time.ns == now_ns - slept_from);
  REQUIRE(time.blocked_ns != kNotLooked);
  CHECK(static_cast<double>(time.blocked_ns) > 0.5 * static_cast<double>(time.ns));

  thread.look_due_ns = 0;
  record.begin_look_due_ns.store(0);
  const uint64_t worked_from = monotonic_ns(), ran_ns = thread_cpu_ns(0);
  note_begin(thread, record, worked_from);
  while (thread_cpu_ns(0) - ran_ns < 20'000'000) {
  }
  now_ns = monotonic_ns();
  time = time_of(thread, record, lanes_of(worked_from, now_ns), {worked_from, worked_from});
  REQUIRE(time.blocked_ns != kNotLooked);
  CHECK(static_cast<double>(time.blocked_ns) < 0.5 * static_cast<double>(time.ns));
}

TEST_CASE("hold times: the kernel is asked once in a while by a thread, and for a lock, and an old look is nobody's") {
  OwnThread thread, other;
  LockRecord record{};
  const uint64_t now_ns = monotonic_ns();
  note_begin(thread, record, now_ns);
  note_begin(thread, record, now_ns + kLookEveryNs - 1);
  CHECK(thread.look.begin_ns == now_ns);
  note_begin(other, record, now_ns + kLookEveryNs - 1);
  CHECK(other.look.begin_ns == 0);
  note_begin(thread, record, now_ns + kLookEveryNs);
  CHECK(thread.look.begin_ns == now_ns + kLookEveryNs);
  CHECK(time_of(thread, record, lanes_of(now_ns, now_ns + 100), {now_ns, now_ns}).blocked_ns == kNotLooked);
}

TEST_CASE("hold times: a waiter's look counts for the holder and the hold that it saw alone") {
  OwnThread thread;
  LockRecord record{};
  arrive(record);
  pass_a_unit();
  const HoldLanes lanes = seen_by_holder(record);
  const HoldSpan span = span_of(lanes, true, {});
  // As if the thread had left the processor so often since it looked last.
  const auto looked = [&](uint32_t sleeps, uint32_t preemptions) {
    const lockwrap::base::Switches now = lockwrap::base::own_switches();
    thread.look = {0, 0, now.voluntary - sleeps, now.forced - preemptions};
    return time_of(thread, record, lanes, span).blocked_ns;
  };
  record.look_word.store(lanes.first_wait_word);
  record.look_cpu_ns.store(thread_cpu_ns(0));
  record.look_thread.store(thread.id.load());
  uint64_t slept_ns = kNotLooked;  // not known if the test itself is interrupted just then
  for (int tries = 0; tries < 1000 && slept_ns == kNotLooked; ++tries) slept_ns = looked(5, 0);
  CHECK(slept_ns != kNotLooked);
  CHECK(looked(5, 5) == kNotLooked);  // before the hold, or within it?
  record.look_thread.store(thread.id.load() + 1);
  CHECK(looked(5, 0) == kNotLooked);
  record.look_thread.store(thread.id.load());
  record.look_word.store(lanes.first_wait_word + 1);
  CHECK(looked(5, 0) == kNotLooked);
}

TEST_CASE("hold times: a bucket that is full stays so") {
  Times times{};
  times.histogram[10].store(~uint32_t{0} - 17);
  add_times(times, 1500, 17);
  add_times(times, 1500, 17);
  CHECK(times.histogram[10].load() == ~uint32_t{0} - 17);
  CHECK(times.sum_ns.load() == 2 * 17 * 1500);
}
