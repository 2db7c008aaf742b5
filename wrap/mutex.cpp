// The mutex family, of POSIX and of C11. A lock call tries first: a free mutex is taken by libc's trylock, and only a taken one goes on to the call
// that the program made.
//
// That order is invisible: for the usual kinds trylock answers what lock would answer in every case but EBUSY, and a timed lock
// does not look at its time while the mutex is free. The unusual kinds (robust, with a priority protocol, shared between
// processes) are looked at instead of tried, and then locked by the call that the program made.
// C11's functions are wrapped themselves, because libc goes on from them by inner names. A mtx_t is a pthread_mutex_t in every libc
// that has both, and thrd_success is 0 like POSIX's success. Trying is harmless for all of its kinds, usual or not.
// Runs: inside the program's calls, also in malloc, before main, in dying threads and in signal handlers.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;
using hooks::LockKind;
using hooks::Taken;

namespace {

using lockwrap::locks::mutex_is_locked;
using lockwrap::locks::mutex_is_plain;
using lockwrap::locks::mutex_is_usual;
using lockwrap::wrap::call_libc;
using lockwrap::wrap::is_held;
using lockwrap::wrap::is_nested;

LOCKWRAP_ALWAYS_INLINE int note(int result, pthread_mutex_t* mutex, uintptr_t site, Taken taken) {
  if (is_held(result) && !hooks::switched_off) hooks::acquired(hooks::held_mutex(mutex), LockKind::kMutex, site, taken);
  return result;
}

// The mutex is taken: the program's own call, measured.
template <class RealLock>
LOCKWRAP_ALWAYS_INLINE int wait_for(pthread_mutex_t* mutex, uintptr_t site, hooks::WaitForm form, RealLock real_lock) {
  return lockwrap::wrap::wait_for(hooks::held_mutex(mutex), LockKind::kMutex, site, form, real_lock);
}

// Any lock call that may wait, of any kind of mutex.
template <class RealLock>
LOCKWRAP_ALWAYS_INLINE int lock_by(pthread_mutex_t* mutex, uintptr_t site, hooks::WaitForm form, RealLock real_lock) {
  if (is_nested()) return real_lock();
  const Taken taken = form == hooks::WaitForm::kTimed ? Taken::kTried : Taken::kLocked;
  if (mutex_is_usual(mutex)) {
    const int tried = __real_pthread_mutex_trylock(mutex);
    return tried == EBUSY ? wait_for(mutex, site, form, real_lock) : note(tried, mutex, site, taken);
  }
  return hooks::is_taken(mutex) ? wait_for(mutex, site, form, real_lock) : note(real_lock(), mutex, site, taken);
}

int lock_until(pthread_mutex_t* mutex, [[maybe_unused]] uint64_t end_ns, [[maybe_unused]] uint64_t step_ns) {
#if LOCKWRAP_HAS_pthread_mutex_clocklock
  const timespec until = lockwrap::wrap::timespec_of(end_ns);
  return __real_pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until);
#else
  const timespec until = lockwrap::wrap::wall_clock_in(step_ns);
#if LOCKWRAP_HAS___pthread_mutex_timedlock_time64
  return __real___pthread_mutex_timedlock_time64(mutex, reinterpret_cast<const lockwrap::wrap::Timespec64*>(&until));
#else
  return __real_pthread_mutex_timedlock(mutex, &until);
#endif
#endif
}

// Of a usual kind of mutex, which never refuses such a wait; where libc's kinds are not known, every mutex counts as one.
LOCKWRAP_NEVER_INLINE int wait_for_good(pthread_mutex_t* mutex, uintptr_t site) {
  if (!hooks::look_at_wait(mutex, site)) return EDEADLK;
  return lockwrap::wrap::wait_for_good(
      hooks::held_mutex(mutex), LockKind::kMutex, site, [=] { return !mutex_is_locked(mutex) && __real_pthread_mutex_trylock(mutex) == 0; },
      [=](uint64_t end_ns, uint64_t step_ns) { return lock_until(mutex, end_ns, step_ns); }, [=] { return __real_pthread_mutex_lock(mutex); });
}

LOCKWRAP_NEVER_INLINE int lock_unusual(pthread_mutex_t* mutex, uintptr_t site) {
  return lock_by(mutex, site, hooks::WaitForm::kForGood, [=] { return __real_pthread_mutex_lock(mutex); });
}

LOCKWRAP_NEVER_INLINE int lock_watched(pthread_mutex_t* mutex, uintptr_t site, int tried) {
  if (tried == 0 && hooks::take_as_before(mutex, site)) return 0;
  if (tried != EBUSY) return note(tried, mutex, site, Taken::kLocked);
  return wait_for_good(mutex, site);
}

// Also recursive mutexes, which most often get one more level.
LOCKWRAP_NEVER_INLINE int lock_not_plain(pthread_mutex_t* mutex, uintptr_t site) {
  if (!mutex_is_usual(mutex)) return lock_unusual(mutex, site);
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (tried == 0 && (hooks::take_level(mutex, site) || hooks::take_note(mutex, site))) return 0;
  return lock_watched(mutex, site, tried);
}

template <class RealUnlock>
LOCKWRAP_NEVER_INLINE int unlock_settled(pthread_mutex_t* mutex, uintptr_t site, RealUnlock real_unlock) {
  const hooks::Release release = hooks::releasing(hooks::held_mutex(mutex), LockKind::kMutex);
  if (LOCKWRAP_UNLIKELY(!release.thread)) hooks::look_at_unlock(mutex, site);
  const int result = real_unlock();
  hooks::released(release, site, result == 0);
  return result;
}

// The short ways first, each apart: what needs more registers saves them then.
template <class RealUnlock>
LOCKWRAP_NEVER_INLINE int unlock_loud(pthread_mutex_t* mutex, uintptr_t site, RealUnlock real_unlock) {
  return hooks::forget_as_before(mutex) ? real_unlock() : unlock_settled(mutex, site, real_unlock);
}
template <class RealUnlock>
LOCKWRAP_NEVER_INLINE int unlock_watched(pthread_mutex_t* mutex, uintptr_t site, RealUnlock real_unlock) {
  return hooks::forget_level(mutex) ? real_unlock() : unlock_loud(mutex, site, real_unlock);
}

}  // namespace

int __wrap_pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (is_nested()) return __real_pthread_mutex_lock(mutex);
  if (LOCKWRAP_UNLIKELY(!mutex_is_plain(mutex))) return lock_not_plain(mutex, LOCKWRAP_SITE());
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (LOCKWRAP_LIKELY(tried == 0) && LOCKWRAP_LIKELY(hooks::take_note(mutex, LOCKWRAP_SITE()))) return 0;
  return lock_watched(mutex, LOCKWRAP_SITE(), tried);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (LOCKWRAP_LIKELY(hooks::forget(mutex)) || hooks::switched_off) return __real_pthread_mutex_unlock(mutex);
  return unlock_watched(mutex, LOCKWRAP_SITE(), [=] { return __real_pthread_mutex_unlock(mutex); });
}

int __wrap_pthread_mutex_trylock(pthread_mutex_t* mutex) {
  const bool usual = mutex_is_usual(mutex);
  const int tried = __real_pthread_mutex_trylock(mutex);
  if (tried == 0 && usual && hooks::take_note<Taken::kTried>(mutex, LOCKWRAP_SITE())) return 0;
  return note(tried, mutex, LOCKWRAP_SITE(), Taken::kTried);
}

LOCKWRAP_TIMED(pthread_mutex_timedlock, (pthread_mutex_t* mutex, const Timespec* until), {
  return lock_by(mutex, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(mutex, until); });
})

// Unlike timedlock it checks its clock before it looks at the mutex: an unknown clock is EINVAL also for a free one.
LOCKWRAP_TIMED(pthread_mutex_clocklock, (pthread_mutex_t* mutex, clockid_t clock, const Timespec* until), {
  if (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME) return real(mutex, clock, until);
  return lock_by(mutex, LOCKWRAP_SITE(), hooks::WaitForm::kTimed, [=] { return real(mutex, clock, until); });
})

int __wrap_pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attributes) {
  hooks::look_at_init(mutex, LOCKWRAP_SITE());
  const int result = __real_pthread_mutex_init(mutex, attributes);
  if (result == 0) hooks::renewed(hooks::held_mutex(mutex), LockKind::kMutex, LOCKWRAP_SITE());
  return result;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t* mutex) {
  const int result = __real_pthread_mutex_destroy(mutex);
  if (result == EBUSY) hooks::look_at_refused_destroy(mutex, LOCKWRAP_SITE());
  if (result == 0) hooks::renewed(hooks::held_mutex(mutex), LockKind::kMutex, 0);
  return result;
}

// Nothing to note: the thread holds the mutex before and after. Wrapped so that the family is complete for what looks at it.
int __wrap_pthread_mutex_consistent(pthread_mutex_t* mutex) { return __real_pthread_mutex_consistent(mutex); }

#if LOCKWRAP_HAS_mtx_lock
static_assert(thrd_success == 0 && sizeof(mtx_t) >= sizeof(pthread_mutex_t) && alignof(mtx_t) >= alignof(pthread_mutex_t));

namespace {

pthread_mutex_t* posix(mtx_t* mutex) { return reinterpret_cast<pthread_mutex_t*>(mutex); }

// A free mutex was taken. musl's recursive kind is an unusual one, without words.
template <Taken taken>
LOCKWRAP_ALWAYS_INLINE bool take_note(mtx_t* mutex, uintptr_t site) {
  if (!lockwrap::locks::kC11MutexIsUsual && !mutex_is_usual(posix(mutex))) return false;
  return hooks::take_note<taken>(posix(mutex), site);
}

}  // namespace

int __wrap_mtx_lock(mtx_t* mutex) {
  const uintptr_t site = LOCKWRAP_SITE();
  const int tried = __real_mtx_trylock(mutex);
  if (LOCKWRAP_LIKELY(tried == thrd_success) && LOCKWRAP_LIKELY(take_note<Taken::kLocked>(mutex, site))) return tried;
  if (tried != thrd_busy) return note(tried, posix(mutex), site, Taken::kLocked);
  return wait_for_good(posix(mutex), site) == 0 ? thrd_success : thrd_error;
}

LOCKWRAP_TIMED(mtx_timedlock, (mtx_t* mutex, const Timespec* until), {
  if (is_nested()) return real(mutex, until);
  const uintptr_t site = LOCKWRAP_SITE();
  const int tried = __real_mtx_trylock(mutex);
  if (tried != thrd_busy) return note(tried, posix(mutex), site, Taken::kTried);
  const int result = wait_for(posix(mutex), site, hooks::WaitForm::kTimed, [=] {
    const int by_libc = real(mutex, until);
    return by_libc == thrd_timedout ? ETIMEDOUT : by_libc;
  });
  return result == ETIMEDOUT ? thrd_timedout : result;
})

int __wrap_mtx_trylock(mtx_t* mutex) {
  const int tried = __real_mtx_trylock(mutex);
  if (tried == thrd_success && take_note<Taken::kTried>(mutex, LOCKWRAP_SITE())) return tried;
  return note(tried, posix(mutex), LOCKWRAP_SITE(), Taken::kTried);
}

int __wrap_mtx_unlock(mtx_t* mutex) {
  if (LOCKWRAP_LIKELY(hooks::forget(posix(mutex))) || hooks::switched_off) return __real_mtx_unlock(mutex);
  return unlock_watched(posix(mutex), LOCKWRAP_SITE(), [=] { return __real_mtx_unlock(mutex); });
}

int __wrap_mtx_init(mtx_t* mutex, int type) {
  hooks::look_at_init(posix(mutex), LOCKWRAP_SITE());
  const int result = __real_mtx_init(mutex, type);
  if (result == thrd_success) hooks::renewed(hooks::held_mutex(posix(mutex)), LockKind::kMutex, LOCKWRAP_SITE());
  return result;
}

void __wrap_mtx_destroy(mtx_t* mutex) {
  __real_mtx_destroy(mutex);
  hooks::renewed(hooks::held_mutex(posix(mutex)), LockKind::kMutex, 0);
}
#endif
