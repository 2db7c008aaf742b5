// Semaphores: events, since nobody holds one. The count is looked at, never tried: a wait is a cancellation point also when the semaphore is free, and
// the timed ones look at their time first.
// sem_trywait never waits and is not wrapped. sem_post may run in signal handlers.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

bool is_free(sem_t* semaphore) {
  int count = 1;
  return sem_getvalue(semaphore, &count) != 0 || count > 0;
}

template <class RealWait>
LOCKWRAP_ALWAYS_INLINE int wait_for(sem_t* semaphore, uintptr_t site, hooks::WaitForm form, RealWait real_wait) {
  if (hooks::switched_off || is_free(semaphore)) return real_wait();
  return lockwrap::wrap::wait_for_event(semaphore, hooks::LockKind::kSemaphore, site, form, reinterpret_cast<uintptr_t>(semaphore), real_wait);
}

}  // namespace

int __wrap_sem_wait(sem_t* semaphore) {
  return wait_for(semaphore, LOCKWRAP_SITE(), hooks::WaitForm::kForGood, [=] { return __real_sem_wait(semaphore); });
}

LOCKWRAP_TIMED(sem_timedwait, (sem_t* semaphore, const Timespec* until), {
  return wait_for(semaphore, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(semaphore, until); });
})

LOCKWRAP_TIMED(sem_clockwait, (sem_t* semaphore, clockid_t clock, const Timespec* until), {
  return wait_for(semaphore, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(semaphore, clock, until); });
})

int __wrap_sem_post(sem_t* semaphore) {
  hooks::waking(semaphore, hooks::LockKind::kSemaphore, LOCKWRAP_SITE());
  return __real_sem_post(semaphore);
}
