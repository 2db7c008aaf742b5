// The blame side: what a hold made others wait is charged to the call that took the lock, and split among the calls that
// waited meanwhile.
//
// A release charges the growth of the lock's waiting integral during its hold, that is, what all waiters waited, not only
// the one who comes next (the rule of Go 1.22's mutex profile). Each lane of the record has its own integral, and the holder
// notes in the record where it stood when the hold began: the lock itself protects these notes. So the split is exact,
// but for the calls that share the last lane.
// Runs: inside slow acquisitions and releases.
#pragma once

#include <cstdint>

#include "runtime/locks/lock_record.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

// The lock was taken at now_ns (0 if nobody waits) and not held by this thread before: its hold begins.
void begin_hold(locks::LockRecord& record, uint64_t now_ns);

// What the holder reads before it releases: afterwards the next holder may write.
struct HoldLanes {
  uint64_t words[locks::kLanes];
  uint64_t begins[locks::kLanes];
};
HoldLanes read_lanes(const locks::LockRecord& record);

// What each lane waited from the begin of the hold to now_ns: fills in `shares` and returns how many lanes waited.
uint32_t split_blame(const locks::LockRecord& record, const HoldLanes& lanes, uint64_t now_ns,
                     locks::BlameShare (&shares)[locks::kLanes]);

}  // namespace lockwrap::contention
