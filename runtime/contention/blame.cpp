#include "runtime/contention/blame.h"

namespace lockwrap::contention {

using locks::Lane;
using locks::WaitingIntegral;

uint32_t split_blame(locks::LockRecord& record, uint64_t blamed_ns, uint64_t now_ns, bool charge,
                     BlameShare (&shares)[locks::kLanes]) {
  uint64_t grown[locks::kLanes];
  uint64_t total = 0;
  for (uint32_t i = 0; i < locks::kLanes; ++i) {
    Lane& lane = record.lanes[i];
    const uint64_t integral = WaitingIntegral::at(lane.waiting.load(), now_ns);
    uint64_t charged = lane.charged.load(std::memory_order_relaxed);
    if (charge && charged != integral) charged = lane.charged.exchange(integral, std::memory_order_relaxed);
    grown[i] = WaitingIntegral::growth_ns(charged, integral);
    total += grown[i];
  }
  uint32_t count = 0;
  uint64_t left = blamed_ns;
  for (uint32_t i = 0; i < locks::kLanes; ++i) {
    if (!grown[i]) continue;
    const auto share =
        static_cast<uint64_t>(static_cast<double>(blamed_ns) * static_cast<double>(grown[i]) / static_cast<double>(total));
    shares[count++] = {record.lanes[i].site.load(std::memory_order_relaxed), share < left ? share : left};
    left -= shares[count - 1].blamed_ns;
  }
  if (!count) {  // another releaser was here in between; the time is still this hold's
    shares[count++] = {record.lanes[1].site.load(std::memory_order_relaxed)
                           ? 0
                           : record.lanes[0].site.load(std::memory_order_relaxed), 0};
  }
  shares[0].blamed_ns += left;  // of rounding
  return count;
}

}  // namespace lockwrap::contention
