// What a libc may lack. Stand-ins that fail with ENOSYS keep the cases in one piece: the transcript names each call that is missing.
#pragma once

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#include "available_symbols.h"

#if !LOCKWRAP_HAS_pthread_mutex_clocklock
inline int pthread_mutex_clocklock(pthread_mutex_t*, clockid_t, const timespec*) { return ENOSYS; }
#endif
#if !LOCKWRAP_HAS_pthread_cond_clockwait
inline int pthread_cond_clockwait(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*) { return ENOSYS; }
#endif
#if !LOCKWRAP_HAS_pthread_rwlock_clockrdlock
inline int pthread_rwlock_clockrdlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
inline int pthread_rwlock_clockwrlock(pthread_rwlock_t*, clockid_t, const timespec*) { return ENOSYS; }
#endif
#if !LOCKWRAP_HAS_sem_clockwait
inline int sem_clockwait(sem_t*, clockid_t, const timespec*) { return errno = ENOSYS, -1; }
#endif
#if !LOCKWRAP_HAS_pthread_timedjoin_np
inline int pthread_timedjoin_np(pthread_t, void**, const timespec*) { return ENOSYS; }
#endif
#if !LOCKWRAP_HAS_pthread_clockjoin_np
inline int pthread_clockjoin_np(pthread_t, void**, clockid_t, const timespec*) { return ENOSYS; }
#endif
#if !LOCKWRAP_HAS_execveat
inline int execveat(int, const char*, char* const[], char* const[], int) { return errno = ENOSYS, -1; }
#endif

namespace conformance {

// Of the calls that differ only in their time: 0 without one, 1 timed, 2 with a clock. What is missing is replaced by one that is there.
constexpr int kWaysToWaitForSemaphore[] = {0, 1, LOCKWRAP_HAS_sem_clockwait ? 2 : 1};
constexpr int kWaysToJoin[] = {0, LOCKWRAP_HAS_pthread_timedjoin_np ? 1 : 0, LOCKWRAP_HAS_pthread_clockjoin_np ? 2 : 0};

// glibc answers with an error, or goes on, where musl waits for good, which POSIX allows: such a case is not for musl's kind.
#if defined(__GLIBC__)
constexpr bool kIsGlibc = true;
#else
constexpr bool kIsGlibc = false;
#endif

// glibc's cnd_wait has no unwind table on armv7 and riscv64: a cancelled thread runs no cleanup handlers, where the wrapper's runs them.
#if defined(__arm__) || defined(__riscv)
constexpr bool kCancelledC11WaitUnwinds = false;
#else
constexpr bool kCancelledC11WaitUnwinds = true;
#endif

}  // namespace conformance
