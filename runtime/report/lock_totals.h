// The sums of a lock over its places and pairs, with what is in progress: what both reports show of a lock.
// Runs: when a report is written.
#pragma once

#include <cstdint>

#include "runtime/contention/profile_tables.h"

namespace lockwrap::report {

inline uint64_t waits_of(const contention::Place& place) {
  return place.contentions.load(std::memory_order_relaxed) + place.pending_count;
}
inline uint64_t wait_ns_of(const contention::Place& place) {
  return place.waits.sum_ns.load(std::memory_order_relaxed) + place.pending_ns;
}
inline uint64_t holds_of(const contention::Pair& pair) {
  return pair.holds.load(std::memory_order_relaxed) + pair.pending_count;
}
inline uint64_t charged_ns_of(const contention::Pair& pair) {
  return pair.blamed_ns.load(std::memory_order_relaxed) + pair.pending_ns;
}
// Its part of what the lock's waiters waited. Readers that held together were each charged with all of it, and an
// estimate may be too high: scaled down then. After sum_locks.
inline uint64_t blamed_ns_of(const contention::Pair& pair) {
  const uint64_t charged_ns = charged_ns_of(pair);
  const locks::LockTotals& totals = pair.record->totals;
  if (totals.charged_ns <= totals.blamed_ns) return charged_ns;
  return static_cast<uint64_t>(static_cast<double>(charged_ns) * static_cast<double>(totals.blamed_ns) /
                               static_cast<double>(totals.charged_ns));
}

// Collects what is in progress, and then fills in `totals` of every lock record.
void sum_locks(uint64_t now_ns);

}  // namespace lockwrap::report
