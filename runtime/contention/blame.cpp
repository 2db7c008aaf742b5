#include "runtime/contention/blame.h"

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

// Lanes are given out in order, the shared one last.
uint32_t lanes_in_use(const LockRecord& record) {
  for (uint32_t i = 0; i < kSharedLane; ++i) {
    if (!record.lanes[i].site.load(std::memory_order_relaxed)) return i;
  }
  return kLanes;
}

}  // namespace

namespace {

// Whether nothing has happened since a holder looked.
bool is_still_quiet(LockRecord& record, const locks::LockRef& lock, uint64_t pulse) {
  if (pulse != record.quiet_pulse.load(std::memory_order_relaxed)) return false;
  const uint32_t quiet_holds = record.quiet_holds.load(std::memory_order_relaxed) + 1;
  record.quiet_holds.store(quiet_holds, std::memory_order_relaxed);
  if (quiet_holds >= kQuietHolds) locks::make_quiet(record, lock, pulse);
  return true;
}

}  // namespace

void begin_read_hold(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns, locks::ReadHold* own) {
  const uint64_t pulse = record.pulse.load();
  // Without a waiter all readers write the same, or something older, which charges somebody for a little more.
  if (!locks::Pulse::has_waiters(pulse)) return begin_hold(record, lock, now_ns);
  if (!own) return;
  if (!now_ns) now_ns = base::monotonic_ns();
  for (uint32_t i = 0; i < kLanes; ++i) own->begins[i] = WaitingIntegral::at(record.lanes[i].waiting.load(), now_ns);
  own->lock = lock.address;
}

void begin_hold(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns) {
  const uint64_t pulse = record.pulse.load();  // before the lanes: what moves meanwhile is not taken for settled
  if (is_still_quiet(record, lock, pulse)) return;
  record.quiet_holds.store(0, std::memory_order_relaxed);
  const uint32_t count = lanes_in_use(record);
  for (uint32_t i = 0; i < count; ++i) {
    Lane& lane = record.lanes[i];
    const uint64_t word = lane.waiting.load();
    if (!now_ns && WaitingIntegral::waiters(word)) now_ns = base::monotonic_ns();
    const uint64_t integral = WaitingIntegral::at(word, now_ns);
    // Written only when it changed: a lock that is quiet again stays shared between its users' caches.
    if (lane.hold_begin.load(std::memory_order_relaxed) != integral) {
      lane.hold_begin.store(integral, std::memory_order_relaxed);
    }
  }
  if (!locks::Pulse::has_waiters(pulse)) record.quiet_pulse.store(pulse, std::memory_order_relaxed);
}

HoldLanes read_lanes(const LockRecord& record, const locks::ReadHold* own) {
  HoldLanes lanes;
  lanes.count = 0;
  lanes.now_ns = 0;
  lanes.moved = false;
  // Nobody has come or gone since the hold began.
  if (!own && record.pulse.load() == record.quiet_pulse.load(std::memory_order_relaxed)) return lanes;
  lanes.count = lanes_in_use(record);
  bool waited_for = false;
  for (uint32_t i = 0; i < lanes.count; ++i) {
    const uint64_t word = record.lanes[i].waiting.load();
    const uint64_t begin = own ? own->begins[i] : record.lanes[i].hold_begin.load(std::memory_order_relaxed);
    waited_for |= WaitingIntegral::waiters(word) != 0;
    lanes.moved |= WaitingIntegral::at(word, 0) != begin;
    lanes.words[i] = word;
    lanes.begins[i] = begin;
  }
  if (waited_for) {
    lanes.moved = true;
    lanes.now_ns = base::monotonic_ns();
  }
  return lanes;
}

uint32_t split_blame(const LockRecord& record, const HoldLanes& lanes, locks::BlameShare (&shares)[kLanes]) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < lanes.count; ++i) {
    const uint64_t waited_ns =
        WaitingIntegral::growth_ns(lanes.begins[i], WaitingIntegral::at(lanes.words[i], lanes.now_ns));
    if (waited_ns) shares[count++] = {record.lanes[i].site.load(std::memory_order_relaxed), waited_ns};
  }
  return count;
}

}  // namespace lockwrap::contention
