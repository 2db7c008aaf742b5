// The blame side: what a hold made others wait is charged to the call that took the lock, and split among the calls that
// waited meanwhile.
//
// A release charges the growth of the lock's waiting integral during its hold, that is, what all waiters waited, not only
// the one who comes next (the rule of Go 1.22's mutex profile). Each lane of the record has its own integral, and the holder
// notes in the record where it stood when the hold began: the lock itself protects these notes. So the split is exact,
// but for the calls that share the last lane.
// Readers hold a lock together. One that comes while others wait notes the beginning for itself; the others begin where the
// lanes stand. Each is charged with what was waited during its hold, so together they may be charged with more than was
// waited, which a report scales down.
// A lock that is handed around while the same threads sleep before it is measured in passing: one hold of many stands for all that are
// short, and of the others nothing is read but the coarse clock, which tells a long one.
// Runs: inside slow acquisitions and releases.
#pragma once

#include <cstdint>

#include "runtime/locks/lock_record.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

// The lock was taken and not held by this thread before: its hold begins. now_ns 0: a clock is read, but only if somebody waits.
// What the thread keeps until it releases: 0, or, of a hold that is measured in passing, kInPassing and the time by the coarse clock.
constexpr uint64_t kInPassing = uint64_t{1} << 63;
uint64_t begin_hold(locks::LockRecord& record, const locks::LockRef& lock, uint64_t now_ns);
// Of a reader: `own` is where it keeps its beginning if somebody waits now; null: nowhere. False: it should have, and could not.
bool begin_read_hold(locks::LockRecord& record, const locks::LockRef& lock, uint64_t now_ns, locks::ReadHold* own);

// The same in the shortest way, if nobody has come or gone since a holder looked and the hold is not to be measured: it is only counted.
// What begin_hold would give; kNotAsBefore: nothing is done.
constexpr uint64_t kNotAsBefore = ~uint64_t{0};
uint64_t begin_as_before(locks::LockRecord& record);
// Whether nothing is owed for a hold for which that is `kept`: read_lanes would say so, too.
bool ends_as_before(const locks::LockRecord& record, uint64_t kept);

// What the holder reads before it releases: afterwards the next holder may write. The time, too: the releasing thread
// may be preempted by the one that it wakes, and must not be charged for that.
struct HoldLanes {
  uint64_t now_ns;  // 0: nobody waits
  uint32_t count;   // of lanes in use
  uint8_t holds;    // that this one stands for: one of many for them all, the others for none
  uint8_t weight;   // of its time
  bool moved;       // somebody has waited during the hold
  bool is_own;            // of a reader that has noted its beginning
  bool began_waited_for;  // somebody waited when it began
  uint64_t begin_ns;      // right in these two cases, and of one that began with a wait of its own, unless by a reader
  uint64_t first_wait_word;  // of the record
  uint64_t seen_pulse;       // of the record: when the hold began
  uint64_t words[locks::kLanes];
  uint64_t begins[locks::kLanes];
};
// `own` null: the hold began as the record tells. `kept`: of begin_hold; or the length of a wait, in its place, which says
// nothing here.
HoldLanes read_lanes(const locks::LockRecord& record, const locks::ReadHold* own, uint64_t kept);

// At start: finds out how the coarse clock steps.
void begin_blame();

// What each lane waited during the hold: fills in `blamed_ns` and tells whether any did.
bool split_blame(const HoldLanes& lanes, uint64_t (&blamed_ns)[locks::kLanes]);

}  // namespace lockwrap::contention
