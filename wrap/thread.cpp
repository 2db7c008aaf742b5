// Threads: their names, and waiting for their end. A join is known by its call, not by the thread: threads are many, and each ends
// once.
// Runs: inside the program's calls.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

template <class RealJoin>
LOCKWRAP_ALWAYS_INLINE int wait_for_end(pthread_t thread, uintptr_t site, hooks::WaitForm form, RealJoin real_join) {
  if (hooks::switched_off) return real_join();
  return lockwrap::wrap::wait_for_event(reinterpret_cast<const void*>(site), hooks::LockKind::kJoin, site, form, (uintptr_t)thread, real_join);
}

}  // namespace

int __wrap_pthread_setname_np(pthread_t thread, const char* name) {
  const int result = __real_pthread_setname_np(thread, name);
  if (result == 0) lockwrap::hooks::thread_renamed();
  return result;
}

int __wrap_pthread_join(pthread_t thread, void** value) {
  return wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kForGood, [=] { return __real_pthread_join(thread, value); });
}

LOCKWRAP_TIMED(pthread_timedjoin_np, (pthread_t thread, void** value, const Timespec* until), {
  return wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(thread, value, until); });
})

LOCKWRAP_TIMED(pthread_clockjoin_np, (pthread_t thread, void** value, clockid_t clock, const Timespec* until), {
  return wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(thread, value, clock, until); });
})

#if LOCKWRAP_HAS_thrd_join
int __wrap_thrd_join(thrd_t thread, int* value) {
  const int result = wait_for_end(thread, LOCKWRAP_SITE(), hooks::WaitForm::kForGood, [=] { return __real_thrd_join(thread, value); });
  return result == EDEADLK ? thrd_error : result;
}
#endif
