// The mutex family. Every lock call tries first: a free lock is taken by the trylock that libc has for it, for all kinds
// alike, and only a taken one goes on to the call that the program made.
//
// That order is invisible: trylock answers what lock would answer in every case but EBUSY (and takes a robust or recursive mutex
// the same way), and a timed lock does not look at its time while the mutex is free.
// Runs: inside the program's calls, also in malloc, before main, in dying threads and in signal handlers.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"

namespace hooks = lockwrap::hooks;

namespace {

// A robust mutex whose owner died is held, too.
bool is_held(int result) { return result == 0 || result == EOWNERDEAD; }

LOCKWRAP_ALWAYS_INLINE int note(int result, pthread_mutex_t* mutex, uintptr_t site) {
  if (is_held(result)) hooks::acquired(mutex, site);
  return result;
}

LOCKWRAP_NEVER_INLINE int lock_contended(pthread_mutex_t* mutex, uintptr_t site, int tried) {
  if (tried != EBUSY) return note(tried, mutex, site);
  const hooks::WaitTicket ticket = hooks::waiting(mutex, site);
  const int result = __real_pthread_mutex_lock(mutex);
  hooks::wait_ended(ticket, mutex, site, is_held(result));
  return result;
}

LOCKWRAP_NEVER_INLINE int unlock_watched(pthread_mutex_t* mutex, uintptr_t site) {
  const hooks::Release release = hooks::releasing(mutex);
  const int result = __real_pthread_mutex_unlock(mutex);
  hooks::released(release, site, result == 0);
  return result;
}

}  // namespace

int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (LOCKWRAP_LIKELY(tried == 0) && LOCKWRAP_LIKELY(hooks::take_note(mutex, LOCKWRAP_SITE()))) return 0;
  return lock_contended(mutex, LOCKWRAP_SITE(), tried);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (LOCKWRAP_LIKELY(hooks::forget(mutex))) return __real_pthread_mutex_unlock(mutex);
  return unlock_watched(mutex, LOCKWRAP_SITE());
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t* mutex) {
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (tried == 0 && hooks::take_note(mutex, LOCKWRAP_SITE())) return 0;
  return note(tried, mutex, LOCKWRAP_SITE());
}

int __wrap_pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) {
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (tried != EBUSY) return note(tried, mutex, LOCKWRAP_SITE());
  const hooks::WaitTicket ticket = hooks::waiting(mutex, LOCKWRAP_SITE());
  const int result = __real_pthread_mutex_timedlock(mutex, until);
  hooks::wait_ended(ticket, mutex, LOCKWRAP_SITE(), is_held(result));
  return result;
}

#if LOCKWRAP_HAS_pthread_mutex_clocklock
// Unlike timedlock it checks its clock before it looks at the mutex: an unknown clock is EINVAL also for a free one, and on
// older kernels the monotonic one for a priority-inheriting one. These go straight to libc; a wait is then not measured.
int __wrap_pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  if ((clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME) || lockwrap::locks::mutex_inherits_priority(mutex)) {
    return note(__real_pthread_mutex_clocklock(mutex, clock, until), mutex, LOCKWRAP_SITE());
  }
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (tried != EBUSY) return note(tried, mutex, LOCKWRAP_SITE());
  const hooks::WaitTicket ticket = hooks::waiting(mutex, LOCKWRAP_SITE());
  const int result = __real_pthread_mutex_clocklock(mutex, clock, until);
  hooks::wait_ended(ticket, mutex, LOCKWRAP_SITE(), is_held(result));
  return result;
}
#endif

int __wrap_pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  const int result = __real_pthread_mutex_init(mutex, attributes);
  if (result == 0) hooks::renewed(mutex, LOCKWRAP_SITE());
  return result;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t* mutex) {
  const int result = __real_pthread_mutex_destroy(mutex);
  if (result == 0) hooks::renewed(mutex, 0);
  return result;
}

// Nothing to note: the thread holds the mutex before and after. Wrapped so that the family is complete for what looks at it.
int __wrap_pthread_mutex_consistent(pthread_mutex_t* mutex) { return __real_pthread_mutex_consistent(mutex); }
