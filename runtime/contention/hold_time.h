// How long locks are held that others wait for, and how much of that their holders slept.
//
// No clock is read when a free lock is taken. So a hold lasts from when it began, if somebody waited then or the holder itself had waited,
// and else from when the first waiter came: what the waiters have seen of it, and at least as long as that. Where neither is known for
// certain, the hold is left out.
//
// A holder that sleeps or reads a disk uses no processor time; nor does one that the scheduler has put aside. So at times a holder looks at
// its processor time and its context switches when its hold begins, and again when it has released: what it did not run is parted as the
// kernel has counted voluntary and other switches. Or the first waiter looks at the processor time of the mutex's owner, where libc notes it;
// the switches are those since the holder looked last then, and count only if all of them were of one sort. An estimate, made to tell a holder
// that blocks from a machine with too few processors. The kernel is asked, by calls that open no file, at most once in kLookEveryNs for each
// thread that holds, and for each lock.
// Runs: inside contended calls, and after contended releases.
#pragma once

#include <cstdint>

#include "runtime/contention/blame.h"
#include "runtime/contention/profile_tables.h"

namespace lockwrap::contention {

constexpr uint64_t kLookEveryNs = 10'000'000;

// The calling thread is counted among the waiters now, who were `pulse` before.
void note_arrival(locks::LockRecord& record, const locks::LockRef& lock, uint64_t pulse);
// A hold of the calling thread began at `now_ns`, read from the clock a moment ago.
void note_begin(locks::ThreadRecord& thread, locks::LockRecord& record, uint64_t now_ns);

struct HoldSpan {
  uint64_t begin_ns;  // 0: it began before anybody waited, and nobody looked at a clock
  uint64_t seen_ns;   // since when it was seen to last: the beginning, or the first waiter; 0: not known
};
// Not of a reader, whose beginning in the record may be another's. Where readers are not told from writers, any holder of a readers-writer lock
// may be one.
inline bool is_exclusive(uintptr_t held_as, locks::LockKind kind) {
  return locks::kShared ? !(held_as & locks::kShared) : kind != locks::LockKind::kRwlock;
}
HoldSpan span_of(const HoldLanes& lanes, bool is_exclusive, const locks::PendingWait& wait);

// Of a hold that made others wait, by the thread that has released it, or is about to.
locks::HoldTime time_of(locks::ThreadRecord& thread, const locks::LockRecord& record, const HoldLanes& lanes, HoldSpan span);

// Null when the table is full (counted).
Holder* find_or_make_holder(locks::LockRecord& record, uintptr_t site, bool is_reader);

// Adds the hold, of this thread, to its lock and call.
void count_hold(locks::ThreadRecord& thread, const locks::Settlement& settlement);

}  // namespace lockwrap::contention
