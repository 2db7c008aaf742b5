// Wrapped functions that libc itself calls, inside another wrapped call.
//
// --wrap rewrites libc's own undefined references as well. musl's pthread_cond_wait takes the mutex again by pthread_mutex_lock, its
// pthread_rwlock_rdlock goes on to pthread_rwlock_tryrdlock, its mtx_lock to mtx_timedlock; glibc's mtx_timedlock and cnd_timedwait
// of 32-bit targets go on to the functions for a 64-bit time_t. What the program asked for is one call, told once by the outer
// wrapper; the inner ones go straight to the real function. Where libc uses inner names only, all of this is nothing.
// A lock that a signal handler takes and releases during such a wait passes unseen, too; and a handler that jumps out of one, which POSIX
// leaves undefined, leaves a thread whose locks are no longer seen.
// Runs: inside the program's calls.
#pragma once

#include <features.h>

#include "runtime/hooks.h"

namespace lockwrap::wrap {

#if defined(__GLIBC__) && __TIMESIZE == 64
constexpr bool kLibcCallsItself = false;
constinit inline bool inside_libc;
#else
constexpr bool kLibcCallsItself = true;
// Whether this thread is inside a real call that may come back.
constinit inline __thread bool inside_libc;
#endif

LOCKWRAP_ALWAYS_INLINE bool is_nested() {
  if constexpr (kLibcCallsItself) return LOCKWRAP_UNLIKELY(inside_libc);
  return false;
}

// The real call of an outer wrapper.
template <class RealCall>
LOCKWRAP_ALWAYS_INLINE int call_libc(RealCall real_call) {
  if constexpr (!kLibcCallsItself) return real_call();
  const bool was_inside = inside_libc;
  inside_libc = true;
  const int result = real_call();
  inside_libc = was_inside;
  return result;
}

// The real call was cancelled: before any cleanup handler of the program runs.
LOCKWRAP_ALWAYS_INLINE void left_libc() {
  if constexpr (kLibcCallsItself) inside_libc = false;
}

}  // namespace lockwrap::wrap
