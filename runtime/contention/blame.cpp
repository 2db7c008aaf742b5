#include "runtime/contention/blame.h"

#include <time.h>

#include "runtime/base/clock.h"

namespace lockwrap::contention {

using locks::kLanes;
using locks::kSharedLane;
using locks::Lane;
using locks::LockRecord;
using locks::WaitingIntegral;

namespace {

// A lock is quiet after this many holds without a waiter in between. More than one: where every other hold has a waiter, the
// bit in the lock's word would go to and fro.
constexpr uint32_t kQuietHolds = 4;
// After so many holds during which nobody came or went, while threads wait, one of so many is measured, for all of them. A prime, lest it
// keeps step with what the program does; and the middle one, so that as many are too many as too few when somebody comes.
constexpr uint32_t kFewHolds = 32;
constexpr uint32_t kMeasuredOf = 17;

bool is_measured(uint32_t same_holds) { return (same_holds - kFewHolds) % kMeasuredOf == kMeasuredOf / 2; }

// A hold within which the coarse clock steps this often is long, and is measured itself. Once is not enough: a holder is most often
// interrupted where the clock steps, too, so that holds begin just before a step and end just after one.
constexpr uint64_t kStepsOfLong = 2;
constinit uint64_t coarse_step_ns;  // 0: there is no such clock

// Lanes are given out in order, the shared one last.
uint32_t lanes_in_use(const LockRecord& record) {
  for (uint32_t i = 0; i < kSharedLane; ++i) {
    if (!record.lanes[i].site.load(std::memory_order_relaxed)) return i;
  }
  return kLanes;
}

// Nobody has come or gone since a holder looked: the lanes' beginnings are those of this hold, too.
uint64_t begin_same(LockRecord& record, const locks::LockRef& lock, uint64_t pulse) {
  const uint32_t holds = record.same_holds.load(std::memory_order_relaxed) + 1;
  record.same_holds.store(holds, std::memory_order_relaxed);
  if (!locks::Pulse::has_waiters(pulse)) {
    if (holds >= kQuietHolds) locks::make_quiet(record, lock, pulse);
    return 0;
  }
  const bool is_passing = holds >= kFewHolds && coarse_step_ns;
  if (holds == kFewHolds) record.sampled.store(true, std::memory_order_relaxed);
  if (!is_passing || is_measured(holds)) record.begin_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
  return is_passing ? kInPassing | base::coarse_ns() : 0;
}

}  // namespace

uint64_t begin_as_before(LockRecord& record) {
  const uint64_t pulse = record.pulse.load();
  const uint32_t holds = record.same_holds.load(std::memory_order_relaxed) + 1;
  if (pulse != record.seen_pulse.load(std::memory_order_relaxed)) return kNotAsBefore;
  const bool is_waited_for = locks::Pulse::has_waiters(pulse);
  if (is_waited_for ? holds <= kFewHolds || is_measured(holds) || !coarse_step_ns : holds >= kQuietHolds) return kNotAsBefore;
  record.same_holds.store(holds, std::memory_order_relaxed);
  return is_waited_for ? kInPassing | base::coarse_ns() : 0;
}

bool ends_as_before(const LockRecord& record, uint64_t kept) {
  const uint64_t pulse = record.pulse.load();
  if (pulse != record.seen_pulse.load(std::memory_order_relaxed)) return false;
  if (!locks::Pulse::has_waiters(pulse)) return true;
  return kept & kInPassing && base::coarse_ns() - (kept & ~kInPassing) < kStepsOfLong * coarse_step_ns &&
         !is_measured(record.same_holds.load(std::memory_order_relaxed));
}

bool begin_read_hold(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns, locks::ReadHold* own) {
  const uint64_t pulse = record.pulse.load();
  // Without a waiter all readers write the same, or something older, which charges somebody for a little more.
  if (!locks::Pulse::has_waiters(pulse)) {
    begin_hold(record, lock, now_ns);
    return true;
  }
  if (!own) return false;
  if (!now_ns) now_ns = base::monotonic_ns();
  own->begin_ns = now_ns;
  for (uint32_t i = 0; i < kLanes; ++i) own->begins[i] = WaitingIntegral::at(record.lanes[i].waiting.load(), now_ns);
  own->lock = lock.address;
  return true;
}

uint64_t begin_hold(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns) {
  const uint64_t pulse = record.pulse.load();  // before the lanes: what moves meanwhile is not taken for settled
  if (pulse == record.seen_pulse.load(std::memory_order_relaxed)) {
    if (!now_ns) return begin_same(record, lock, pulse);
    record.begin_ns.store(now_ns, std::memory_order_relaxed);  // it has waited without being seen, and is looked at by itself
    return 0;
  }
  record.same_holds.store(0, std::memory_order_relaxed);
  const uint32_t count = lanes_in_use(record);
  for (uint32_t i = 0; i < count; ++i) {
    Lane& lane = record.lanes[i];
    const uint64_t word = lane.waiting.load();
    if (!now_ns && WaitingIntegral::waiters(word)) now_ns = base::monotonic_ns();
    // Written only when it changed: a lock that is quiet again stays shared between its users' caches.
    if (lane.begin_word.load(std::memory_order_relaxed) != word) lane.begin_word.store(word, std::memory_order_relaxed);
  }
  // Not by a reader that saw nobody, beside one that saw somebody.
  if (now_ns) record.begin_ns.store(now_ns, std::memory_order_relaxed);
  record.seen_pulse.store(pulse, std::memory_order_relaxed);
  return 0;
}

void begin_blame() {
  timespec step;
  if (clock_getres(CLOCK_MONOTONIC_COARSE, &step) == 0) coarse_step_ns = static_cast<uint64_t>(step.tv_nsec);
}

HoldLanes read_lanes(const LockRecord& record, const locks::ReadHold* own, uint64_t kept) {
  HoldLanes lanes;
  lanes.count = 0;
  lanes.now_ns = 0;
  lanes.moved = lanes.began_waited_for = false;
  lanes.is_own = own;
  lanes.holds = lanes.weight = 1;
  const uint64_t pulse = record.pulse.load();
  const bool is_same = !own && pulse == record.seen_pulse.load(std::memory_order_relaxed);
  if (is_same && !locks::Pulse::has_waiters(pulse)) return lanes;
  uint64_t begin_ns = own ? own->begin_ns : record.begin_ns.load(std::memory_order_relaxed);
  lanes.first_wait_word = record.first_wait_word.load(std::memory_order_relaxed);
  lanes.seen_pulse = record.seen_pulse.load(std::memory_order_relaxed);
  if (kept & kInPassing) {
    const uint64_t passed_ns = base::coarse_ns() - (kept & ~kInPassing);
    const bool is_short = passed_ns < kStepsOfLong * coarse_step_ns;
    const bool measured = is_measured(record.same_holds.load(std::memory_order_relaxed));
    if (is_same && is_short && !measured) return lanes;  // another one stands for it
    lanes.now_ns = base::monotonic_ns();
    // Never too early: nobody is charged with too much.
    if (!measured) begin_ns = lanes.now_ns - (passed_ns > coarse_step_ns ? passed_ns - coarse_step_ns : 0);
    lanes.holds = measured ? kMeasuredOf : is_same ? 0 : 1;
    if (measured && is_same && is_short) lanes.weight = kMeasuredOf;
  }
  lanes.begin_ns = begin_ns;
  lanes.count = lanes_in_use(record);
  for (uint32_t i = 0; i < lanes.count; ++i) {
    const uint64_t begin_word = record.lanes[i].begin_word.load(std::memory_order_relaxed);
    // A waiter that is just coming has moved the word and not the pulse yet: it counts from the next hold on.
    const uint64_t word = is_same ? begin_word : record.lanes[i].waiting.load();
    lanes.words[i] = word;
    lanes.begins[i] = own ? own->begins[i] : WaitingIntegral::at(begin_word, begin_ns);
    lanes.began_waited_for |= WaitingIntegral::waiters(begin_word) != 0;
    const bool is_waited_for = WaitingIntegral::waiters(word);
    lanes.moved |= is_waited_for || WaitingIntegral::at(word, 0) != lanes.begins[i];
    if (is_waited_for && !lanes.now_ns) lanes.now_ns = base::monotonic_ns();
  }
  return lanes;
}

bool split_blame(const HoldLanes& lanes, uint64_t (&blamed_ns)[kLanes]) {
  uint64_t any = 0;
  for (uint64_t& lane_ns : blamed_ns) lane_ns = 0;
  for (uint32_t i = 0; i < lanes.count; ++i) {
    blamed_ns[i] = lanes.weight * WaitingIntegral::growth_ns(lanes.begins[i], WaitingIntegral::at(lanes.words[i], lanes.now_ns));
    any |= blamed_ns[i];
  }
  return any;
}

}  // namespace lockwrap::contention
