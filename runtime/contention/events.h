// Waits for events: a condition, a semaphore, a barrier, the end of a thread. Nobody holds an event, so there is nobody to
// blame, and waiting for one is mostly idling: these waits have records, places and counters like those of locks, but a report
// shows them by themselves.
//
// Counters are exact. The stack is taken before the wait, when its length is not known yet: with a probability that follows from
// the mean of the place's earlier waits, and it weighs the wait divided by that (Horvitz, Thompson 1952), which is unbiased
// whatever the guess was. So idle threads cost a clock and some additions a wait, and a stack every now and then.
// Runs: inside calls that wait, with the mutex of a condition held.
#pragma once

#include "runtime/locks/lock_record.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

// The call at `site` is about to wait for the event at `address`. False: this wait is not counted.
bool begin_event(locks::ThreadRecord& thread, uintptr_t address, locks::LockKind kind, uintptr_t site);
// The wait is over, by whatever cause. Does nothing when none was begun, or it has ended already.
void end_event(locks::ThreadRecord& thread);
// The call at `site` is about to wake waiters of the event, if there are any. Signal-safe.
void wake(uintptr_t address, locks::LockKind kind, uintptr_t site);

}  // namespace lockwrap::contention
