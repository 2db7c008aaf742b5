#include "runtime/contention/blame.h"

namespace lockwrap::contention {

using locks::kLanes;
using locks::Lane;
using locks::LockRecord;
using locks::WaitingIntegral;

void begin_hold(LockRecord& record, uint64_t now_ns) {
  for (Lane& lane : record.lanes) {
    const uint64_t word = lane.waiting.load();
    if (!word && !lane.site.load(std::memory_order_relaxed) && &lane != &record.lanes[locks::kSharedLane]) continue;
    const uint64_t integral = WaitingIntegral::at(word, now_ns);
    // Written only when it changed: a lock that is quiet again stays shared between its users' caches.
    if (lane.hold_begin.load(std::memory_order_relaxed) != integral) {
      lane.hold_begin.store(integral, std::memory_order_relaxed);
    }
  }
}

HoldLanes read_lanes(const LockRecord& record) {
  HoldLanes lanes;
  for (uint32_t i = 0; i < kLanes; ++i) {
    lanes.words[i] = record.lanes[i].waiting.load();
    lanes.begins[i] = record.lanes[i].hold_begin.load(std::memory_order_relaxed);
  }
  return lanes;
}

uint32_t split_blame(const LockRecord& record, const HoldLanes& lanes, uint64_t now_ns,
                     locks::BlameShare (&shares)[kLanes]) {
  uint32_t count = 0;
  for (uint32_t i = 0; i < kLanes; ++i) {
    const uint64_t waited_ns =
        WaitingIntegral::growth_ns(lanes.begins[i], WaitingIntegral::at(lanes.words[i], now_ns));
    if (waited_ns) shares[count++] = {record.lanes[i].site.load(std::memory_order_relaxed), waited_ns};
  }
  return count;
}

}  // namespace lockwrap::contention
