// Who holds what a thread waits for, as libc and the held lists tell it. Silent where it is not certain.
// Runs: when deadlocks are looked for.
#pragma once

#include "runtime/locks/thread_record.h"

namespace lockwrap::deadlock {

// A thread that must do something before the wait can end.
struct Holder {
  locks::ThreadRecord* thread;
  uintptr_t site;  // of the call that took the lock; 0: not known, or there is none (a join, a waiting writer)
  bool is_reader;
};

constexpr size_t kMostHolders = 64;  // of one lock; a lock with more readers is looked at as if it had none

// Fills in `holders` and returns how many there are; 0: nobody is known for certain. Costs a look at every thread for all but mutexes.
size_t find_holders(const locks::WaitSeen& wait, Holder (&holders)[kMostHolders]);

}  // namespace lockwrap::deadlock
