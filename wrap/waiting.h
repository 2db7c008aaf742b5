// What the wrappers of all locks and events do around the program's own call when it may wait.
// Runs: inside the program's calls.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "nested.h"
#include "runtime/hooks.h"

namespace lockwrap::wrap {

// A robust mutex whose owner died is held, too.
inline bool is_held(int result) { return result == 0 || result == EOWNERDEAD; }

// The lock is taken: the program's own call, measured. kForGood: one that may fail with EDEADLK instead of waiting.
template <class RealLock>
LOCKWRAP_ALWAYS_INLINE int wait_for(uintptr_t lock, hooks::LockKind kind, uintptr_t site, hooks::WaitForm form, RealLock real_lock) {
  const hooks::WaitTicket ticket = hooks::waiting(lock, kind, site, form);
  const bool goes_on = form == hooks::WaitForm::kTimed || !ticket.is_published || hooks::look_before_blocking(true);
  const int result = goes_on ? call_libc(real_lock) : EDEADLK;
  const auto end = is_held(result)        ? hooks::WaitEnd::kHeld
                   : result == ETIMEDOUT ? hooks::WaitEnd::kGivenUp
                                         : hooks::WaitEnd::kRefused;
  hooks::wait_ended(ticket, lock, kind, site, end);
  return result;
}

// The lock is taken, and the program's own call has no time limit. `lock_until(end_ns, step_ns)` is the same call until a time of the
// monotonic clock, or, in a libc that cannot, for a time by the wall clock: when that is set, the thread looks sooner or later. Only
// the waiting itself differs, and nobody can tell. `try_again()`: whether the try that has just failed now gets the lock.
template <class TryAgain, class LockUntil, class RealLock>
LOCKWRAP_ALWAYS_INLINE int wait_for_good(uintptr_t lock, hooks::LockKind kind, uintptr_t site, TryAgain try_again, LockUntil lock_until,
                                         RealLock real_lock) {
  hooks::LongWait wait;
  wait.lock = lock, wait.kind = kind, wait.site = site;
  if (hooks::prepare_long_wait(wait) && try_again()) {
    hooks::wait_ended(wait.ticket, lock, kind, site, hooks::WaitEnd::kHeld);
    return 0;
  }
  hooks::begin_long_wait(wait);
  int result = ETIMEDOUT;
  bool gives_up = false;
  while (wait.until_ns && result == ETIMEDOUT && !gives_up) {
    result = lock_until(wait.until_ns, wait.step_ns);
    gives_up = result == ETIMEDOUT && !hooks::look(wait);
  }
  if (gives_up) result = EDEADLK;
  // Not watched; or libc's own words for what is wrong, which differ between the calls.
  else if (!is_held(result) && result != EDEADLK) result = call_libc(real_lock);
  const auto end = gives_up          ? hooks::WaitEnd::kGivenUp
                   : is_held(result) ? hooks::WaitEnd::kHeld
                                     : hooks::WaitEnd::kRefused;
  hooks::wait_ended(wait.ticket, lock, kind, site, end);
  return result;
}

inline timespec timespec_of(uint64_t ns) { return {static_cast<time_t>(ns / 1'000'000'000), static_cast<long>(ns % 1'000'000'000)}; }
// So far from now by the wall clock.
inline timespec wall_clock_in(uint64_t ns) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return timespec_of(static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec) + ns);
}

template <class RealUnlock>
LOCKWRAP_ALWAYS_INLINE int unlock_watched(uintptr_t lock, hooks::LockKind kind, uintptr_t site, RealUnlock real_unlock) {
  const hooks::Release release = hooks::releasing(lock, kind);
  const int result = real_unlock();
  hooks::released(release, site, result == 0);
  return result;
}

// A wait for an event, which may be cancelled. The cleanup handler is of pthread.h's plain form (these files are built without
// exceptions), which needs no C++ personality routine and so no C++ runtime.
inline void event_cancelled(void*) {
  left_libc();
  hooks::event_ended();
}
template <class RealWait>
LOCKWRAP_NEVER_INLINE int wait_for_event(const volatile void* event, hooks::LockKind kind, uintptr_t site, hooks::WaitForm form,
                                         uintptr_t waits_for, RealWait real_wait) {
  if (is_nested()) return real_wait();
  hooks::event_begins(event, kind, site, form, waits_for);
  int result;
  pthread_cleanup_push(event_cancelled, nullptr);
  result = call_libc(real_wait);
  pthread_cleanup_pop(0);
  hooks::event_ended();
  return result;
}

}  // namespace lockwrap::wrap
