// Threads: their names, and waiting for their end. A join is known by its call, not by the thread: threads are many, and each ends
// once.
// Runs: inside the program's calls.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

// A join without a time limit looks once what keeps it, after this time, and only then counts as one. Not before: libc may refuse it, or the
// thread, if it joins another one itself, be cancelled. Nor again: between two parts of a wait a thread is not known to be joined, and
// libc would not refuse a second one that wants to.
constexpr uint64_t kFirstLookNs = 100'000'000;

#if LOCKWRAP_HAS_pthread_clockjoin_np
int join_briefly(pthread_t thread, void** value) {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  const uint64_t now_ns = static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
  const timespec until = lockwrap::wrap::timespec_of(now_ns + kFirstLookNs);
  return __real_pthread_clockjoin_np(thread, value, CLOCK_MONOTONIC, &until);
}
#elif LOCKWRAP_HAS_pthread_timedjoin_np && !LOCKWRAP_HAS___pthread_timedjoin_np_time64
int join_briefly(pthread_t thread, void** value) {
  const timespec until = lockwrap::wrap::wall_clock_in(kFirstLookNs);
  return __real_pthread_timedjoin_np(thread, value, &until);
}
#else
int join_briefly(pthread_t, void**) { return ETIMEDOUT; }
#endif

template <class RealJoin>
LOCKWRAP_ALWAYS_INLINE int wait_for_end(pthread_t thread, uintptr_t site, hooks::WaitForm form, RealJoin real_join) {
  if (hooks::switched_off) return real_join();
  const hooks::Joining joining = hooks::joining((uintptr_t)thread);
  const int result = lockwrap::wrap::wait_for_event(reinterpret_cast<const void*>(site), hooks::LockKind::kJoin, site, form,
                                                    (uintptr_t)thread, real_join);
  if (result == 0) hooks::joined(joining);
  return result;
}

template <class RealJoin>
LOCKWRAP_ALWAYS_INLINE int wait_for_end_for_good(pthread_t thread, void** value, uintptr_t site, RealJoin real_join) {
  if (hooks::switched_off) return real_join();
  return wait_for_end(thread, site, hooks::WaitForm::kTimed, [=] {  // until it looks
    const int result = join_briefly(thread, value);
    if (result != ETIMEDOUT) return result;
    return hooks::look_before_blocking(true) ? real_join() : EDEADLK;
  });
}

}  // namespace

int __wrap_pthread_setname_np(pthread_t thread, const char* name) {
  const int result = __real_pthread_setname_np(thread, name);
  if (result == 0) lockwrap::hooks::thread_renamed();
  return result;
}

int __wrap_pthread_join(pthread_t thread, void** value) {
  return wait_for_end_for_good(thread, value, LOCKWRAP_SITE(), [=] { return __real_pthread_join(thread, value); });
}

#if LOCKWRAP_HAS_pthread_tryjoin_np
int __wrap_pthread_tryjoin_np(pthread_t thread, void** value) {
  const hooks::Joining joining = hooks::joining((uintptr_t)thread);
  const int result = __real_pthread_tryjoin_np(thread, value);
  if (result == 0) hooks::joined(joining);
  return result;
}
#endif

LOCKWRAP_TIMED(pthread_timedjoin_np, (pthread_t thread, void** value, const Timespec* until), {
  return wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(thread, value, until); });
})

LOCKWRAP_TIMED(pthread_clockjoin_np, (pthread_t thread, void** value, clockid_t clock, const Timespec* until), {
  return wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(thread, value, clock, until); });
})

#if LOCKWRAP_HAS_thrd_join
int __wrap_thrd_join(thrd_t thread, int* value) {
  const uintptr_t site = LOCKWRAP_SITE();
  void* returned = nullptr;
  bool by_real_call = false;
  const int result = wait_for_end_for_good(thread, &returned, site, [&by_real_call, thread, value] {
    by_real_call = true;
    return __real_thrd_join(thread, value);
  });
  if (by_real_call) return result;
  if (result == 0 && value) *value = static_cast<int>(reinterpret_cast<intptr_t>(returned));
  return result == 0 ? thrd_success : thrd_error;
}
#endif
