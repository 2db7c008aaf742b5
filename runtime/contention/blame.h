// The blame side: what a hold made others wait is charged to the call that took the lock, and split among the calls that
// waited meanwhile.
//
// A release charges the growth of the lock's waiting integral during its hold, that is, what all waiters waited, not only
// the one who comes next (the rule of Go 1.22's mutex profile). The sum is exact; the split follows the integrals of the
// record's lanes, which releasers move on after their release, so two releases close together may share it slightly wrong.
// Runs: after contended releases.
#pragma once

#include <cstdint>

#include "runtime/locks/lock_record.h"

namespace lockwrap::contention {

struct BlameShare {
  uintptr_t waiter_site;  // 0: several others
  uint64_t blamed_ns;
};

// Splits `blamed_ns` among the record's lanes by what they waited since they were last charged. Fills at most kLanes
// shares and returns their number, at least 1. `charge` false: only looks, for a hold that has not ended.
uint32_t split_blame(locks::LockRecord& record, uint64_t blamed_ns, uint64_t now_ns, bool charge,
                     BlameShare (&shares)[locks::kLanes]);

}  // namespace lockwrap::contention
