// The spin family. A spin lock has no room for a word of lockwrap's: it is known by its address, and its holders look for a record only
// once somebody may have waited for it.
// Runs: inside the program's calls.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;
using hooks::LockKind;

namespace {

template <hooks::Taken taken>
LOCKWRAP_ALWAYS_INLINE int note(int result, pthread_spinlock_t* lock, uintptr_t site) {
  const uintptr_t held_as = hooks::held_spin(lock);
  if (result == 0 && !hooks::take_note_by_address<taken>(held_as, site) && !hooks::switched_off) {
    hooks::acquired(held_as, LockKind::kSpin, site, taken);
  }
  return result;
}

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  asm volatile("yield");
#endif
}

// The lock word is read before it is tried, as libc does.
int spin_until(pthread_spinlock_t* lock, uint64_t end_ns) {
  for (;;) {
    for (int round = 0; round < 1000; ++round) {
      if (__real_pthread_spin_trylock(lock) == 0) return 0;
      for (int pause = 0; pause < 10; ++pause) relax();
    }
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec) >= end_ns) return ETIMEDOUT;
  }
}

}  // namespace

int __wrap_pthread_spin_lock(pthread_spinlock_t* lock) {
  const int tried = __real_pthread_spin_trylock(lock);
  if (LOCKWRAP_LIKELY(tried != EBUSY)) return note<hooks::Taken::kLocked>(tried, lock, LOCKWRAP_SITE());
  return lockwrap::wrap::wait_for_good(
      hooks::held_spin(lock), LockKind::kSpin, LOCKWRAP_SITE(), [=] { return __real_pthread_spin_trylock(lock) == 0; },
      [=](uint64_t end_ns, uint64_t) { return spin_until(lock, end_ns); },
      [=] { return __real_pthread_spin_lock(lock); });
}

int __wrap_pthread_spin_trylock(pthread_spinlock_t* lock) {
  return note<hooks::Taken::kTried>(__real_pthread_spin_trylock(lock), lock, LOCKWRAP_SITE());
}

int __wrap_pthread_spin_unlock(pthread_spinlock_t* lock) {
  if (LOCKWRAP_LIKELY(hooks::forget_by_address(hooks::held_spin(lock))) || hooks::switched_off) {
    return __real_pthread_spin_unlock(lock);
  }
  return lockwrap::wrap::unlock_watched(hooks::held_spin(lock), LockKind::kSpin, LOCKWRAP_SITE(),
                                        [=] { return __real_pthread_spin_unlock(lock); });
}

int __wrap_pthread_spin_init(pthread_spinlock_t* lock, int shared) {
  const int result = __real_pthread_spin_init(lock, shared);
  if (result == 0) hooks::renewed(hooks::held_spin(const_cast<int*>(lock)), LockKind::kSpin, LOCKWRAP_SITE());
  return result;
}

int __wrap_pthread_spin_destroy(pthread_spinlock_t* lock) {
  const int result = __real_pthread_spin_destroy(lock);
  if (result == 0) hooks::renewed(hooks::held_spin(const_cast<int*>(lock)), LockKind::kSpin, 0);
  return result;
}
