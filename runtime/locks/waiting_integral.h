// How much all waiters of a lock have waited together, up to any moment: one 64-bit word, moved on by arriving and leaving
// waiters only, so that a holder pays one load while nobody waits.
//
// With N waiters that arrived at a1..aN, and others that have left, the waited time at t is N*t + C, where C collects
// -a for an arrival and +e for a departure. N (16 bits) and C (48 bits, units of 64 ns) share the word, so that both
// change in one addition and are read together. What a hold is to blame for is the growth from its beginning to its end.
// C wraps after 208 waiter-days within one hold.
// Runs: inside contended calls, and one load when a known lock is taken or released.
#pragma once

#include <atomic>
#include <cstdint>

namespace lockwrap::locks {

class WaitingIntegral {
 public:
  static constexpr unsigned kWaiterBits = 16;  // 65,535 threads can wait for one lock
  static constexpr unsigned kUnitShift = 6;

  static uint64_t units(uint64_t ns) { return ns >> kUnitShift; }
  static uint64_t nanoseconds(uint64_t units) { return units << kUnitShift; }

  void arrive(uint64_t now_ns) { add(1 - (units(now_ns) << kWaiterBits)); }
  void leave(uint64_t now_ns) { add((units(now_ns) << kWaiterBits) - 1); }

  uint64_t load() const { return word_.load(std::memory_order_relaxed); }
  static uint32_t waiters(uint64_t word) { return word & ((1u << kWaiterBits) - 1); }
  // The integral at now_ns, in units modulo 2^48; with no waiters now_ns does not matter.
  static uint64_t at(uint64_t word, uint64_t now_ns) {
    return ((word >> kWaiterBits) + waiters(word) * units(now_ns)) & kUnitMask;
  }
  // Nanoseconds from one value of at() to a later one; 0 when the clocks of two processors make it negative.
  static uint64_t growth_ns(uint64_t from, uint64_t to) {
    const uint64_t difference = (to - from) & kUnitMask;
    return difference > kUnitMask / 2 ? 0 : nanoseconds(difference);
  }

 private:
  static constexpr uint64_t kUnitMask = (uint64_t{1} << (64 - kWaiterBits)) - 1;

  void add(uint64_t delta) { word_.fetch_add(delta, std::memory_order_relaxed); }

  std::atomic<uint64_t> word_;
};

}  // namespace lockwrap::locks
