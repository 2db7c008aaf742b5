// The condition family, of POSIX and of C11: a wait is a wait for an event, apart from contention. Its mutex leaves the held list for
// the time of the wait and comes back after it, also when the wait times out or is cancelled.
//
// libc releases and takes the mutex inside by inner names; so this file tells the runtime of both. In a static program the taking is
// seen (__pthread_mutex_cond_lock): from there on the wait is one for the mutex, and contention.
// A cancelled wait runs a cleanup handler of pthread.h's plain form (this file is built without exceptions), which needs no
// C++ personality routine and so no C++ runtime.
// Runs: inside the program's calls.
#include <errno.h>

#include "declarations.h"
#include "nested.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

struct ConditionWait {
  hooks::Release release;
  pthread_mutex_t* mutex;
  uintptr_t site;
};

// A cancelled thread has the mutex again before its cleanup handlers run (POSIX), this one first.
void cancelled(void* argument) {
  lockwrap::wrap::left_libc();
  const auto* wait = static_cast<const ConditionWait*>(argument);
  hooks::event_ended();
  hooks::reacquired(wait->release, wait->mutex, wait->site);
}

template <class RealWait>
LOCKWRAP_NEVER_INLINE int wait_watched(const void* condition, pthread_mutex_t* mutex, bool is_timed, uintptr_t site,
                                       RealWait real_wait) {
  if (hooks::switched_off || lockwrap::wrap::is_nested()) return real_wait();
  const auto form = is_timed ? hooks::WaitForm::kTimed : hooks::WaitForm::kForGood;
  hooks::event_begins(condition, hooks::LockKind::kCondition, site, form, reinterpret_cast<uintptr_t>(condition));
  ConditionWait wait{hooks::releasing_to_wait(mutex, site), mutex, site};
  hooks::look_at_condition_wait(condition, mutex, wait.release.thread != nullptr, is_timed, site);
  int result;
  pthread_cleanup_push(cancelled, &wait);
  result = lockwrap::wrap::call_libc(real_wait);
  pthread_cleanup_pop(0);
  hooks::event_ended();
  // Whatever it returns, the mutex is as it was; but a robust one that cannot be recovered is nobody's.
  if (result != ENOTRECOVERABLE) hooks::reacquired(wait.release, mutex, site);
  return result;
}

}  // namespace

int __wrap_pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  return wait_watched(condition, mutex, false, LOCKWRAP_SITE(), [&] { return __real_pthread_cond_wait(condition, mutex); });
}

LOCKWRAP_TIMED(pthread_cond_timedwait, (pthread_cond_t* condition, pthread_mutex_t* mutex, const Timespec* until), {
  return wait_watched(condition, mutex, true, LOCKWRAP_SITE(), [&] { return real(condition, mutex, until); });
})

LOCKWRAP_TIMED(pthread_cond_clockwait, (pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const Timespec* until), {
  return wait_watched(condition, mutex, true, LOCKWRAP_SITE(), [&] { return real(condition, mutex, clock, until); });
})

#if LOCKWRAP_HAS_cnd_wait
int __wrap_cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return wait_watched(condition, reinterpret_cast<pthread_mutex_t*>(mutex), false, LOCKWRAP_SITE(),
                      [&] { return __real_cnd_wait(condition, mutex); });
}

LOCKWRAP_TIMED(cnd_timedwait, (cnd_t* condition, mtx_t* mutex, const Timespec* until), {
  return wait_watched(condition, reinterpret_cast<pthread_mutex_t*>(mutex), true, LOCKWRAP_SITE(),
                      [&] { return real(condition, mutex, until); });
})
#endif

#if LOCKWRAP_HAS___pthread_mutex_cond_lock
extern "C" {
int __real___pthread_mutex_cond_lock(pthread_mutex_t* mutex);
__attribute__((visibility("default"))) int __wrap___pthread_mutex_cond_lock(pthread_mutex_t* mutex);
__attribute__((visibility("default"), weak)) int __pthread_mutex_cond_lock(pthread_mutex_t* mutex);
}

int __wrap___pthread_mutex_cond_lock(pthread_mutex_t* mutex) {
  const auto real_lock = [=] { return __real___pthread_mutex_cond_lock(mutex); };
  const uintptr_t site = hooks::site_of_relock(mutex);
  if (!site) return real_lock();
  hooks::event_ended();
  // Not a call that may fail: the wait's end has to have the mutex.
  const hooks::WaitTicket ticket = hooks::waiting(hooks::held_mutex(mutex), hooks::LockKind::kMutex, site, hooks::WaitForm::kForGood);
  if (ticket.is_published) hooks::look_before_blocking(false);
  const int result = real_lock();
  hooks::wait_ended(ticket, hooks::held_mutex(mutex), hooks::LockKind::kMutex, site,
                    lockwrap::wrap::is_held(result) ? hooks::WaitEnd::kHeld : hooks::WaitEnd::kRefused);
  return result;
}

// The stand-in. Right also if it were called: without the count of users that a condition wait keeps.
int __pthread_mutex_cond_lock(pthread_mutex_t* mutex) {
  const int result = __real_pthread_mutex_lock(mutex);
  if (lockwrap::wrap::is_held(result)) --mutex->__data.__nusers;
  return result;
}
#endif

int __wrap_pthread_cond_signal(pthread_cond_t* condition) {
  hooks::waking(condition, hooks::LockKind::kCondition, LOCKWRAP_SITE());
  return __real_pthread_cond_signal(condition);
}

int __wrap_pthread_cond_broadcast(pthread_cond_t* condition) {
  hooks::waking(condition, hooks::LockKind::kCondition, LOCKWRAP_SITE());
  return __real_pthread_cond_broadcast(condition);
}

#if LOCKWRAP_HAS_cnd_signal
int __wrap_cnd_signal(cnd_t* condition) {
  hooks::waking(condition, hooks::LockKind::kCondition, LOCKWRAP_SITE());
  return __real_cnd_signal(condition);
}

int __wrap_cnd_broadcast(cnd_t* condition) {
  hooks::waking(condition, hooks::LockKind::kCondition, LOCKWRAP_SITE());
  return __real_cnd_broadcast(condition);
}
#endif
