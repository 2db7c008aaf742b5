// What wrap/ calls: the only header of the runtime that it includes.
//
// A lock call that meets a free and quiet lock touches the thread's own held list, and nothing else: take_note and
// forget are inline. Everything else is a slow call. Slow calls never block, never allocate, and keep errno.
// Order of a contended acquisition: waiting - the real lock - wait_ended. Of a release: releasing - the real unlock -
// released, so that nothing is counted inside the critical section.
// Runs: inside every wrapped call.
#pragma once

#include "runtime/contention/blame.h"
#include "runtime/locks/held_list.h"
#include "runtime/locks/lock_record.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/locks/thread_record.h"

// Given by wrap/: whether libc's own functions leave mutex_identity and mutex_creation alone, tried out. Called once, at start.
extern "C" bool lockwrap_probe_mutex_words();

namespace lockwrap::hooks {

// The return address of a wrapped call, in the wrapper itself.
#define LOCKWRAP_SITE() (reinterpret_cast<uintptr_t>(__builtin_return_address(0)))

// Nothing is watched in this process (active=0, or no memory): a slow call has nothing to do. Set once, at start.
extern constinit bool switched_off;

// Whether nobody waits for this lock, or has waited since its last holder looked.
LOCKWRAP_ALWAYS_INLINE bool is_quiet(const pthread_mutex_t* mutex) {
  // A waiter may be setting the word at this moment.
  return !(__atomic_load_n(locks::mutex_identity(mutex), __ATOMIC_RELAXED) & locks::kLoud);
}

// A free mutex of a usual kind was taken. False: nothing was noted, call acquired().
LOCKWRAP_ALWAYS_INLINE bool take_note(const pthread_mutex_t* mutex, uintptr_t site) {
  if (!locks::kMutexHasWords || LOCKWRAP_UNLIKELY(!is_quiet(mutex))) return false;
  return locks::push_inline(mutex, site);
}

// The mutex is about to be released. True: it was the last one noted, and nobody waits; nothing more to do.
LOCKWRAP_ALWAYS_INLINE bool forget(const pthread_mutex_t* mutex) {
  if (!locks::kMutexHasWords || LOCKWRAP_UNLIKELY(!locks::is_last_inline(mutex) || !is_quiet(mutex))) return false;
  locks::pop_inline();
  return true;
}

void acquired(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;

// Whether another thread has this mutex of an unusual kind: what trylock tells of the usual ones.
bool is_taken(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;

// A wait from its beginning to its end; the caller's, on its stack.
struct WaitTicket {
  locks::ThreadRecord* thread;  // null: this wait is not counted
  locks::LockRecord* record;
  uint32_t place;
  uint64_t start_ns;
};

// The lock is taken by somebody else; the real call that may block comes next. Takes the stack.
WaitTicket waiting(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;
// The real call has returned; `is_held`: with the lock.
void wait_ended(const WaitTicket& ticket, const pthread_mutex_t* mutex, uintptr_t site, bool is_held) LOCKWRAP_NO_ALLOC;

// A release from before the real unlock to after it; the caller's, on its stack.
struct Release {
  locks::ThreadRecord* thread;  // null: the lock was not known to be held
  locks::HeldEntry entry;
  locks::HeldDetail detail;
  bool blamed;                  // somebody waited during the hold
  contention::HoldLanes lanes;  // of the record, before the unlock; only if it has one
};

Release releasing(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;
// The real unlock has returned; `is_released` tells whether it succeeded.
void released(const Release& release, uintptr_t site, bool is_released) LOCKWRAP_NO_ALLOC;

// A condition wait gives the mutex up. What the hold owes is counted after the next release of this thread, because the
// moment after this one lies inside libc.
Release releasing_to_wait(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;
// The condition wait is over, by whatever cause, and has the mutex again.
void reacquired(const Release& release, const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;

// A mutex is initialised by the call at `site`, or destroyed (site 0): it is another lock from now on.
void renewed(pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;

void thread_renamed() LOCKWRAP_NO_ALLOC;
void forked_child() LOCKWRAP_NO_ALLOC;
void exiting_at_once() LOCKWRAP_NO_ALLOC;

}  // namespace lockwrap::hooks
