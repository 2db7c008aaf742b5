// What wrap/ calls: the only header of the runtime that it includes.
//
// A lock call that meets a free and quiet lock touches the thread's own held list, and nothing else: take_note and
// forget are inline. Everything else is a slow call. Slow calls never block, never allocate, and keep errno.
// Order of a contended acquisition: waiting - the real lock - wait_ended. Of a release: releasing - the real unlock -
// released, so that nothing is counted inside the critical section.
// Runs: inside every wrapped call.
#pragma once

#include "runtime/contention/blame.h"
#include "runtime/deadlock/patience.h"
#include "runtime/deadlock/thread_lives.h"
#include "runtime/locks/held_list.h"
#include "runtime/locks/lock_record.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/locks/order_key.h"
#include "runtime/locks/rwlock_words.h"
#include "runtime/locks/thread_record.h"

// Given by wrap/: whether libc's own functions leave the words of mutexes and readers-writer locks alone, tried out. Called once, at
// start.
extern "C" bool lockwrap_probe_lock_words();
// The thread id that libc notes in a mutex that the calling thread locks; 0 where it notes none. Wrong in a process that was forked by
// a bare system call: libc still has its parent's.
extern "C" uint32_t lockwrap_probe_owner();
// How many functions that a program may call are wrapped.
extern "C" const uint32_t lockwrap_wrapped_functions;
// Makes the thread that looks after workers (option worker_watch). False: the kernel refused it.
extern "C" bool lockwrap_start_watch();

namespace lockwrap::hooks {

// The return address of a wrapped call, in the wrapper itself.
#define LOCKWRAP_SITE() (reinterpret_cast<uintptr_t>(__builtin_return_address(0)))

// Nothing is watched in this process (active=0, or no memory): a slow call has nothing to do. Set once, at start.
extern constinit bool switched_off;

// Calls are looked at for locks that the caller holds (guard.cpp). False until lockwrap has begun: before, there may be no
// thread-local memory yet. Set once, at start.
extern constinit bool looks_at_calls;

// A lock as wrappers name it: its address, with kNoMutex for every other kind and kShared when it is taken for reading.
using locks::LockKind;
LOCKWRAP_ALWAYS_INLINE uintptr_t held_mutex(const pthread_mutex_t* mutex) { return reinterpret_cast<uintptr_t>(mutex); }
LOCKWRAP_ALWAYS_INLINE uintptr_t held_spin(const volatile void* lock) {
  return reinterpret_cast<uintptr_t>(lock) | locks::kNoMutex | locks::kHeldSpin;
}
LOCKWRAP_ALWAYS_INLINE uintptr_t held_lock(const volatile void* lock) {
  return reinterpret_cast<uintptr_t>(lock) | locks::kNoMutex;
}

// Whether nobody waits for the lock of this word, or has waited since its last holder looked. A waiter may be setting the word at
// this moment.
LOCKWRAP_ALWAYS_INLINE bool is_quiet(const locks::MutexWord* identity) {
  return !(__atomic_load_n(identity, __ATOMIC_RELAXED) & locks::kLoud);
}
LOCKWRAP_ALWAYS_INLINE bool is_quiet(const pthread_mutex_t* mutex) { return is_quiet(locks::mutex_identity(mutex)); }

// A free mutex of a usual kind was taken. False: nothing was noted, call acquired(). kTried: by a call that would not have waited.
enum class Taken : uint8_t { kLocked, kTried };
template <Taken taken = Taken::kLocked>
LOCKWRAP_ALWAYS_INLINE bool take_note(const pthread_mutex_t* mutex, uintptr_t site) {
  if (!locks::kMutexHasWords) return false;
  const uint64_t identity = __atomic_load_n(locks::mutex_identity(mutex), __ATOMIC_RELAXED);
  if (LOCKWRAP_UNLIKELY(identity & locks::kLoud)) return false;
  return locks::push_in_order<taken == Taken::kTried>(held_mutex(mutex), site, static_cast<uint32_t>(identity));
}

// The mutex is about to be released. True: it was the last one noted, and nobody waits; nothing more to do.
LOCKWRAP_ALWAYS_INLINE bool forget(const pthread_mutex_t* mutex) {
  if (!locks::kMutexHasWords || LOCKWRAP_UNLIKELY(locks::last_inline() != held_mutex(mutex) || !is_quiet(mutex))) return false;
  if (locks::kMutexHasOwner) locks::pop_inline();
  else locks::wipe_inline();
  return true;
}

// A further level of a recursive mutex, newest in the list, also while threads wait for it: nothing but the level is noted, because the
// hold is that of the first one.
LOCKWRAP_ALWAYS_INLINE bool take_level(const pthread_mutex_t* mutex, uintptr_t site) {
  if ((locks::last_inline() & ~locks::kHeldFlags) != held_mutex(mutex) || locks::mutex_is_unchecked(mutex)) return false;
  return locks::push_level(held_mutex(mutex), site, static_cast<uint32_t>(*locks::mutex_identity(mutex)));
}
LOCKWRAP_ALWAYS_INLINE bool forget_level(const pthread_mutex_t* mutex) {
  if (locks::last_inline() != held_mutex(mutex) || !locks::is_inline_again() || locks::mutex_is_unchecked(mutex)) return false;
  if (locks::kMutexHasOwner) locks::pop_inline();
  else locks::wipe_inline();
  return true;
}

// The same for a readers-writer lock; `lock` has kShared for a reader.
template <Taken taken>
LOCKWRAP_ALWAYS_INLINE bool take_note(const pthread_rwlock_t* rwlock, uintptr_t lock, uintptr_t site) {
  if (!locks::kRwlockHasWords || !locks::rwlock_is_usual(rwlock)) return false;
  const uint64_t identity = __atomic_load_n(locks::rwlock_identity(rwlock), __ATOMIC_RELAXED);
  if (LOCKWRAP_UNLIKELY(identity & locks::kLoud)) return false;
  const auto number = static_cast<uint32_t>(identity);
  return locks::push_in_order<taken == Taken::kTried>(lock, site, lock & locks::kShared ? locks::number_of_reader(number) : number);
}
LOCKWRAP_ALWAYS_INLINE bool forget(const pthread_rwlock_t* rwlock) {
  if (!locks::kRwlockHasWords || (locks::last_inline() & ~locks::kShared) != held_lock(rwlock)) return false;
  if (!locks::rwlock_is_usual(rwlock) || !is_quiet(locks::rwlock_identity(rwlock))) return false;
  locks::wipe_inline();
  return true;
}

// The same for a lock without a word.
template <Taken taken>
LOCKWRAP_ALWAYS_INLINE bool take_note_by_address(uintptr_t lock, uintptr_t site) {
  const uintptr_t address = lock & ~locks::kHeldFlags;
  if (__atomic_load_n(locks::waited_for_at(address), __ATOMIC_RELAXED)) return false;
  return locks::push_in_order<taken == Taken::kTried>(lock, site, locks::number_of_address(address));
}
LOCKWRAP_ALWAYS_INLINE bool forget_by_address(uintptr_t lock) {
  if (locks::last_inline() != lock || __atomic_load_n(locks::waited_for_at(lock & ~locks::kHeldFlags), __ATOMIC_RELAXED)) {
    return false;
  }
  locks::wipe_inline();
  return true;
}

void acquired(uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) LOCKWRAP_NO_ALLOC;

// The only lock of this thread, a mutex that has changed hands and nobody has come to since, though others may sleep before it: a hold
// begins for which nothing is to be looked at (contention/blame.h); and ends, when the mutex is about to be released, and nothing is owed.
// False: nothing was done.
bool take_as_before(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;
bool forget_as_before(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;

// Whether another thread has this mutex of an unusual kind: what trylock tells of the usual ones.
bool is_taken(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;

// A wait from its beginning to its end; the caller's, on its stack.
struct WaitTicket {
  locks::ThreadRecord* thread;  // null: this wait is not watched
  locks::LockRecord* record;    // null: it is not counted
  uint32_t place;
  bool is_published;
  bool has_arrived;   // the lock's record knows of it
  uint64_t start_ns;  // monotonic
  uint64_t event;     // its number in the timeline, 0: none
};

// How a wait ends: by its own time limit; only with the lock; or, of many short waits, when the waiter finds in between that it must
// give up.
enum class WaitForm : uint8_t { kTimed, kForGood, kLooking };

// The lock is taken by somebody else: the time. And: the real call that may block comes next. Takes the stack.
void prepare_wait(WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) LOCKWRAP_NO_ALLOC;
void begin_wait(WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) LOCKWRAP_NO_ALLOC;
// Both.
WaitTicket waiting(uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) LOCKWRAP_NO_ALLOC;
// How the real call returned: with the lock; without it, after a wait; without one, because it would never get it.
enum class WaitEnd : uint8_t { kHeld, kGivenUp, kRefused };
void wait_ended(const WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitEnd end) LOCKWRAP_NO_ALLOC;

// A wait without a time limit, made of limited ones, so that the thread can look what keeps it: after 0.1 s, then after twice the time, in
// the end every 6.4 s. The caller's, on its stack.
struct LongWait {
  WaitTicket ticket;
  uintptr_t lock;
  LockKind kind;
  uintptr_t site;
  uint64_t step_ns;
  uint64_t until_ns;  // monotonic: the end of the present part; 0: nobody looks, and the wait has no parts
  deadlock::Patience patience;
};
// Its first moment. True: the lock is to be tried once more, because most locks are free again by now; with the lock wait_ended comes next,
// and nobody else has known of the wait.
bool prepare_long_wait(LongWait& wait) LOCKWRAP_NO_ALLOC;
void begin_long_wait(LongWait& wait) LOCKWRAP_NO_ALLOC;
// A part of the wait has passed without the lock. False: the thread must give up, with EDEADLK, so that a deadlock ends.
bool look(LongWait& wait) LOCKWRAP_NO_ALLOC;
// A wait that has no parts was published and is about to block. The same; a thread that cannot give up is not asked to.
bool look_before_blocking(bool may_give_up) LOCKWRAP_NO_ALLOC;

// An initialiser of pthread_once begins in this thread, which keeps `node` in the stack frame of the caller; and is left.
void initialiser_begins(locks::Initialisation& node) LOCKWRAP_NO_ALLOC;
// The calling thread is at `frame` of its stack: initialisers that it was in below that were left by an exception or a cancellation.
void forget_left_initialisers(const void* frame) LOCKWRAP_NO_ALLOC;
void initialiser_ends(const locks::Initialisation& node) LOCKWRAP_NO_ALLOC;

// A lock of the program's own, which tells itself: it is about to wait; it has the lock, after a wait or without one; it is
// about to release it.
void custom_waiting(const void* lock, uintptr_t site) LOCKWRAP_NO_ALLOC;
void custom_acquired(const void* lock, bool is_reader, uintptr_t site) LOCKWRAP_NO_ALLOC;
void custom_releasing(const void* lock, uintptr_t site) LOCKWRAP_NO_ALLOC;

// A wait for an event begins and ends (contention/events.h); the end may be told twice. `waits_for` is what other threads may read: the
// object, or of a join the handle of the thread.
void event_begins(const volatile void* event, LockKind kind, uintptr_t site, WaitForm form, uintptr_t waits_for) LOCKWRAP_NO_ALLOC;
void event_ended() LOCKWRAP_NO_ALLOC;
void woken(const volatile void* event, LockKind kind, uintptr_t site) LOCKWRAP_NO_ALLOC;
// Waiters of the event are about to be woken, if there may be any.
LOCKWRAP_ALWAYS_INLINE void waking(const volatile void* event, LockKind kind, uintptr_t site) {
  if (__atomic_load_n(locks::waited_for_at(reinterpret_cast<uintptr_t>(event)), __ATOMIC_RELAXED)) woken(event, kind, site);
}

// A release from before the real unlock to after it; the caller's, on its stack.
struct Release {
  locks::ThreadRecord* thread;  // null: the lock was not known to be held
  locks::HeldEntry entry;
  locks::HeldDetail detail;
  bool blamed;                  // somebody waited during the hold
  contention::HoldLanes lanes;  // of the record, before the unlock; only if it has one
};

Release releasing(uintptr_t lock, LockKind kind) LOCKWRAP_NO_ALLOC;
// The real unlock has returned; `is_released` tells whether it succeeded.
void released(const Release& release, uintptr_t site, bool is_released) LOCKWRAP_NO_ALLOC;

// A condition wait gives the mutex up. What the hold owes is counted after the next release of this thread, because the
// moment after this one lies inside libc.
Release releasing_to_wait(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;
// libc takes the mutex again, and somebody has it: the site of the condition wait, from now on that of a wait for the mutex, which the
// caller tells. 0: it does not have to wait, or the condition wait is not watched.
uintptr_t site_of_relock(const pthread_mutex_t* mutex) LOCKWRAP_NO_ALLOC;
// The condition wait is over, by whatever cause, and has the mutex again. Does nothing if that has been told.
void reacquired(const Release& release, const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;

// A lock is initialised by the call at `site`, or destroyed (site 0): it is another lock from now on.
void renewed(uintptr_t lock, LockKind kind, uintptr_t site) LOCKWRAP_NO_ALLOC;

// Looks for misuse (misuse/rules.h) before the real call, and tells what is found; with on_misuse=abort that is the program's end.
// Of a wait that would be for the thread itself; false: it must not wait, and its call fails with EDEADLK.
bool look_at_wait(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;
bool look_at_write_wait(const pthread_rwlock_t* lock, uintptr_t site) LOCKWRAP_NO_ALLOC;
void look_at_unlock(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;  // of a mutex that is not known to be held
void look_at_init(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;
void look_at_refused_destroy(const pthread_mutex_t* mutex, uintptr_t site) LOCKWRAP_NO_ALLOC;  // after the real call
void look_at_destroy(const pthread_rwlock_t* lock, uintptr_t site) LOCKWRAP_NO_ALLOC;
void look_at_exec(uintptr_t site) LOCKWRAP_NO_ALLOC;
void look_at_ended(locks::ThreadRecord& ended) LOCKWRAP_NO_ALLOC;  // a thread of the process, which may be the last one
void look_at_call(const char* call, uintptr_t site) LOCKWRAP_NO_ALLOC;  // that must not be made with a lock held
// A condition wait, begun as an event; `knows_mutex`: it was in the held list.
void look_at_condition_wait(const void* condition, const pthread_mutex_t* mutex, bool knows_mutex, bool is_timed,
                            uintptr_t site) LOCKWRAP_NO_ALLOC;

// The calling thread holds locks, and takes this one, or is about to wait for it, in an order that it may not have used before. Told if
// other threads use it the other way around.
void look_at_order(locks::ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) LOCKWRAP_NO_ALLOC;
// The orders that could not be looked at when they were new.
void look_at_put_off_orders() LOCKWRAP_NO_ALLOC;
// The number of a lock in the keys of orders; 0: it has no record yet.
uint32_t number_of(uintptr_t lock, LockKind kind) LOCKWRAP_NO_ALLOC;
// What other threads read of a wait that begins now.
locks::WaitSeen wait_of(locks::ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form,
                        uint64_t since_ns) LOCKWRAP_NO_ALLOC;
// A lock as the tables know it.
locks::LockRef ref_of(uintptr_t lock, LockKind kind) LOCKWRAP_NO_ALLOC;

// A thread is created: what its creator hands over; and what the new one does with it, first of all.
using deadlock::Birth;
Birth birth_of_child() LOCKWRAP_NO_ALLOC;
void begin_life(const Birth& birth) LOCKWRAP_NO_ALLOC;
// The calling thread has come to a barrier, and has passed it.
void barrier_reached(const volatile void* barrier) LOCKWRAP_NO_ALLOC;
void barrier_passed(const volatile void* barrier) LOCKWRAP_NO_ALLOC;
// A thread is joined: before, and after it with success.
struct Joining {
  deadlock::Life* life;  // null: nothing is known of it
  uintptr_t handle;
};
Joining joining(uintptr_t handle) LOCKWRAP_NO_ALLOC;
void joined(const Joining& joining) LOCKWRAP_NO_ALLOC;

// Workers that have not shown themselves alive in time are told.
void look_after_workers() LOCKWRAP_NO_ALLOC;

void thread_renamed() LOCKWRAP_NO_ALLOC;
// Around a fork: before it, and after it in the parent (child -1 or a number), or in the child (0).
bool forking() LOCKWRAP_NO_ALLOC;
void forked(bool was_noted, pid_t child) LOCKWRAP_NO_ALLOC;
void exiting_at_once() LOCKWRAP_NO_ALLOC;

}  // namespace lockwrap::hooks
