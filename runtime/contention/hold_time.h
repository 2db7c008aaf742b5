// How long locks are held that others wait for, and how much of that their holders slept.
//
// No clock is read when a free lock is taken. So a hold lasts from when it began, if somebody waited then or the holder itself had waited,
// and else from when the first waiter came: what the waiters have seen of it, and at least as long as that.
//
// A holder that sleeps or reads a disk uses no processor time; nor does one that the scheduler has put aside. So at times the holder looks at
// its processor time when its hold begins, or the first waiter at the holder's, and the holder again when it has released. What it did not run
// is parted as the kernel has counted its context switches since it looked last: the voluntary ones are sleep. An estimate, good to tell a
// holder that blocks from a machine with too few processors. The kernel is asked, by calls that open no file, at most once in kLookEveryNs by
// each holder and for each lock that is arrived at.
// Runs: inside contended calls, and after contended releases.
#pragma once

#include <cstdint>

#include "runtime/contention/blame.h"
#include "runtime/contention/profile_tables.h"

namespace lockwrap::contention {

constexpr uint64_t kLookEveryNs = 10'000'000;

// The calling thread is about to wait for the lock, since `now_ns`, and is not counted among the waiters yet.
void note_arrival(locks::LockRecord& record, const locks::LockRef& lock, uint64_t now_ns);
// The calling thread has waited for the lock, and has it since `now_ns`.
void note_begin(locks::ThreadRecord& thread, uint64_t now_ns);

struct HoldSpan {
  uint64_t begin_ns;  // 0: it began before anybody waited, and nobody looked at a clock
  uint64_t seen_ns;   // since when it was seen to last: the beginning, or the first waiter; 0: not known
};
HoldSpan span_of(const HoldLanes& lanes, bool is_reader, const locks::PendingWait& wait);

// Of a hold that made others wait, by the thread that has released it, or is about to.
locks::HoldTime time_of(locks::ThreadRecord& thread, const locks::LockRecord& record, const HoldLanes& lanes, HoldSpan span);

// Null when the table is full (counted).
Holder* find_or_make_holder(locks::LockRecord& record, uintptr_t site, bool is_reader);

// Adds the hold to its lock and call.
void count_hold(const locks::Settlement& settlement);

}  // namespace lockwrap::contention
