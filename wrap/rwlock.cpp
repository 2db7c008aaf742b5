// The readers-writer lock family. As with mutexes, a call tries first, and only a lock that is taken goes on to the call that the
// program made: the try answers what the call would answer in every case but EBUSY.
// The timed calls look at their time first (glibc even for a free lock), so a malformed one goes to libc at once.
// Runs: inside the program's calls.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;
using hooks::LockKind;
using hooks::Taken;
using lockwrap::wrap::call_libc;
using lockwrap::wrap::is_nested;

namespace {

struct Reader {
  static constexpr uintptr_t kFlag = lockwrap::locks::kShared;
  static int real_try(pthread_rwlock_t* lock) { return __real_pthread_rwlock_tryrdlock(lock); }
};
struct Writer {
  static constexpr uintptr_t kFlag = 0;
  static int real_try(pthread_rwlock_t* lock) { return __real_pthread_rwlock_trywrlock(lock); }
};

// musl takes a readers-writer lock of its own where keys of threads are made and their destructors run: by an inner name that goes on to the
// public pthread_rwlock_tryrdlock, at its very beginning, while the release stays inside libc. Such a lock would seem to be held for ever.
// On 32 bits it is the name with a 64-bit time_t; the plain one is a caller of it, for old objects.
#if LOCKWRAP_HAS___pthread_rwlock_timedrdlock_time64
#define LOCKWRAP_INNERMOST(name) __real___##name##_time64
#else
#define LOCKWRAP_INNERMOST(name) __real_##name
#endif
template <class Function>
bool is_call_of_libc(uintptr_t site, Function* timed_lock) {
#if defined(__GLIBC__)
  (void)site, (void)timed_lock;
  return false;
#else
  constexpr uintptr_t kBeginningBytes = 64;  // of a function that has about 150 bytes, whatever is behind it
  return site - reinterpret_cast<uintptr_t>(timed_lock) < kBeginningBytes;
#endif
}

template <class Role, hooks::Taken taken>
LOCKWRAP_ALWAYS_INLINE int note(int result, pthread_rwlock_t* lock, uintptr_t site) {
  const uintptr_t held_as = hooks::held_lock(lock) | Role::kFlag;
  if (result != 0 || is_nested() || hooks::take_note<taken>(lock, held_as, site) || hooks::switched_off) return result;
  hooks::acquired(held_as, LockKind::kRwlock, site, taken);
  return result;
}

#if LOCKWRAP_HAS_pthread_rwlock_clockrdlock
int wait_until(Reader, pthread_rwlock_t* lock, uint64_t end_ns, uint64_t) {
  const timespec until = lockwrap::wrap::timespec_of(end_ns);
  return __real_pthread_rwlock_clockrdlock(lock, CLOCK_MONOTONIC, &until);
}
int wait_until(Writer, pthread_rwlock_t* lock, uint64_t end_ns, uint64_t) {
  const timespec until = lockwrap::wrap::timespec_of(end_ns);
  return __real_pthread_rwlock_clockwrlock(lock, CLOCK_MONOTONIC, &until);
}
#else
#if LOCKWRAP_HAS___pthread_rwlock_timedrdlock_time64
#define LOCKWRAP_UNTIL(name) LOCKWRAP_INNERMOST(name)(lock, reinterpret_cast<const lockwrap::wrap::Timespec64*>(&until))
#else
#define LOCKWRAP_UNTIL(name) LOCKWRAP_INNERMOST(name)(lock, &until)
#endif
int wait_until(Reader, pthread_rwlock_t* lock, uint64_t, uint64_t step_ns) {
  const timespec until = lockwrap::wrap::wall_clock_in(step_ns);
  return LOCKWRAP_UNTIL(pthread_rwlock_timedrdlock);
}
int wait_until(Writer, pthread_rwlock_t* lock, uint64_t, uint64_t step_ns) {
  const timespec until = lockwrap::wrap::wall_clock_in(step_ns);
  return LOCKWRAP_UNTIL(pthread_rwlock_timedwrlock);
}
#undef LOCKWRAP_UNTIL
#endif

template <class Role, class RealLock>
LOCKWRAP_NEVER_INLINE int wait_for_good(pthread_rwlock_t* lock, uintptr_t site, RealLock real_lock) {
  return lockwrap::wrap::wait_for_good(
      hooks::held_lock(lock) | Role::kFlag, LockKind::kRwlock, site, [=] { return Role::real_try(lock) == 0; },
      [=](uint64_t end_ns, uint64_t step_ns) {
        return lockwrap::wrap::call_libc([=] { return wait_until(Role(), lock, end_ns, step_ns); });
      },
      real_lock);
}

// A call with a time limit.
template <class Role, class RealLock>
LOCKWRAP_ALWAYS_INLINE int lock_by(pthread_rwlock_t* lock, uintptr_t site, RealLock real_lock) {
  const int tried = Role::real_try(lock);
  if (LOCKWRAP_LIKELY(tried != EBUSY)) return note<Role, Taken::kTried>(tried, lock, site);
  return lockwrap::wrap::wait_for(hooks::held_lock(lock) | Role::kFlag, LockKind::kRwlock, site, hooks::WaitForm::kTimed, real_lock);
}

template <class Timespec>
bool is_well_formed(const Timespec* until) { return until->tv_nsec >= 0 && until->tv_nsec < 1'000'000'000; }
[[maybe_unused]] bool is_known(clockid_t clock) { return clock == CLOCK_MONOTONIC || clock == CLOCK_REALTIME; }

}  // namespace

int __wrap_pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
  const uintptr_t site = LOCKWRAP_SITE();
  const int tried = __real_pthread_rwlock_tryrdlock(lock);
  if (LOCKWRAP_LIKELY(tried != EBUSY)) return note<Reader, Taken::kLocked>(tried, lock, site);
  return wait_for_good<Reader>(lock, site, [=] { return __real_pthread_rwlock_rdlock(lock); });
}

int __wrap_pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
  const uintptr_t site = LOCKWRAP_SITE();
  const int tried = __real_pthread_rwlock_trywrlock(lock);
  if (LOCKWRAP_LIKELY(tried != EBUSY)) return note<Writer, Taken::kLocked>(tried, lock, site);
  if (!hooks::look_at_write_wait(lock, site)) return EDEADLK;
  const auto real_lock = [=] { return __real_pthread_rwlock_wrlock(lock); };
  // Where readers wait behind a waiting writer, one whose time is up would let them pass: there a wait has no parts.
  if (!lockwrap::locks::rwlock_prefers_writers(lock)) return wait_for_good<Writer>(lock, site, real_lock);
  return lockwrap::wrap::wait_for(hooks::held_lock(lock), LockKind::kRwlock, site, hooks::WaitForm::kForGood, real_lock);
}

int __wrap_pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
  if (is_call_of_libc(LOCKWRAP_SITE(), LOCKWRAP_INNERMOST(pthread_rwlock_timedrdlock))) return __real_pthread_rwlock_tryrdlock(lock);
  return note<Reader, Taken::kTried>(__real_pthread_rwlock_tryrdlock(lock), lock, LOCKWRAP_SITE());
}

int __wrap_pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
  if (is_call_of_libc(LOCKWRAP_SITE(), LOCKWRAP_INNERMOST(pthread_rwlock_timedwrlock))) return __real_pthread_rwlock_trywrlock(lock);
  return note<Writer, Taken::kTried>(__real_pthread_rwlock_trywrlock(lock), lock, LOCKWRAP_SITE());
}

LOCKWRAP_TIMED(pthread_rwlock_timedrdlock, (pthread_rwlock_t* lock, const Timespec* until), {
  const auto real_lock = [=] { return real(lock, until); };
  if (!is_well_formed(until)) return note<Reader, Taken::kTried>(call_libc(real_lock), lock, LOCKWRAP_SITE());
  return lock_by<Reader>(lock, LOCKWRAP_SITE(), real_lock);
})

LOCKWRAP_TIMED(pthread_rwlock_timedwrlock, (pthread_rwlock_t* lock, const Timespec* until), {
  const auto real_lock = [=] { return real(lock, until); };
  if (!is_well_formed(until)) return note<Writer, Taken::kTried>(call_libc(real_lock), lock, LOCKWRAP_SITE());
  return lock_by<Writer>(lock, LOCKWRAP_SITE(), real_lock);
})

LOCKWRAP_TIMED(pthread_rwlock_clockrdlock, (pthread_rwlock_t* lock, clockid_t clock, const Timespec* until), {
  const auto real_lock = [=] { return real(lock, clock, until); };
  if (!is_known(clock) || !is_well_formed(until)) return note<Reader, Taken::kTried>(call_libc(real_lock), lock, LOCKWRAP_SITE());
  return lock_by<Reader>(lock, LOCKWRAP_SITE(), real_lock);
})

LOCKWRAP_TIMED(pthread_rwlock_clockwrlock, (pthread_rwlock_t* lock, clockid_t clock, const Timespec* until), {
  const auto real_lock = [=] { return real(lock, clock, until); };
  if (!is_known(clock) || !is_well_formed(until)) return note<Writer, Taken::kTried>(call_libc(real_lock), lock, LOCKWRAP_SITE());
  return lock_by<Writer>(lock, LOCKWRAP_SITE(), real_lock);
})

int __wrap_pthread_rwlock_unlock(pthread_rwlock_t* lock) {
  if (LOCKWRAP_LIKELY(hooks::forget(lock)) || hooks::switched_off) return __real_pthread_rwlock_unlock(lock);
  return lockwrap::wrap::unlock_watched(hooks::held_lock(lock), LockKind::kRwlock, LOCKWRAP_SITE(),
                                        [=] { return __real_pthread_rwlock_unlock(lock); });
}

int __wrap_pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attributes) {
  const int result = __real_pthread_rwlock_init(lock, attributes);
  if (result == 0) hooks::renewed(hooks::held_lock(lock), LockKind::kRwlock, LOCKWRAP_SITE());
  return result;
}

int __wrap_pthread_rwlock_destroy(pthread_rwlock_t* lock) {
  hooks::look_at_destroy(lock, LOCKWRAP_SITE());
  const int result = __real_pthread_rwlock_destroy(lock);
  if (result == 0) hooks::renewed(hooks::held_lock(lock), LockKind::kRwlock, 0);
  return result;
}
