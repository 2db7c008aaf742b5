// What the wrappers of all locks and events do around the program's own call when it may wait.
// Runs: inside the program's calls.
#pragma once

#include <errno.h>
#include <pthread.h>

#include "nested.h"
#include "runtime/hooks.h"

namespace lockwrap::wrap {

// A robust mutex whose owner died is held, too.
inline bool is_held(int result) { return result == 0 || result == EOWNERDEAD; }

// The lock is taken: the program's own call, measured.
template <class RealLock>
LOCKWRAP_ALWAYS_INLINE int wait_for(uintptr_t lock, hooks::LockKind kind, uintptr_t site, RealLock real_lock) {
  const hooks::WaitTicket ticket = hooks::waiting(lock, kind, site);
  const int result = call_libc(real_lock);
  const auto end = is_held(result)        ? hooks::WaitEnd::kHeld
                   : result == ETIMEDOUT ? hooks::WaitEnd::kGivenUp
                                         : hooks::WaitEnd::kRefused;
  hooks::wait_ended(ticket, lock, kind, site, end);
  return result;
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
LOCKWRAP_NEVER_INLINE int wait_for_event(const volatile void* event, hooks::LockKind kind, uintptr_t site, RealWait real_wait) {
  if (is_nested()) return real_wait();
  hooks::event_begins(event, kind, site);
  int result;
  pthread_cleanup_push(event_cancelled, nullptr);
  result = call_libc(real_wait);
  pthread_cleanup_pop(0);
  hooks::event_ended();
  return result;
}

}  // namespace lockwrap::wrap
