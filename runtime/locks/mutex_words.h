// The words of pthread_mutex_t that libc never uses, in which lockwrap keeps which lock this is.
//
// An address is no identity: a std::mutex that was destroyed leaves no trace, and the next one may stand at its address. The
// words are zeroed by every way of initialising a mutex, so an initialised mutex is a new lock by itself, and finding its
// record costs one load from a line that the lock call touches anyway.
// One file a libc; wrap/lock_words.cpp proves the layout at the first use, by running libc's functions over it.
// Runs: inside every wrapped mutex call.
#pragma once

#include <pthread.h>
#include <stddef.h>

#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::locks {

// musl defines no name of its own, on purpose: it is the libc for Linux that has none.
#if defined(__linux__) && !defined(__GLIBC__) && !defined(__BIONIC__)
#define LOCKWRAP_LIBC_IS_MUSL 1
#else
#define LOCKWRAP_LIBC_IS_MUSL 0
#endif

#if defined(__GLIBC__)
constexpr bool kMutexKindsKnown = true;
constexpr bool kC11MutexIsUsual = true;
// Where libc keeps the owner's thread id in a mutex of every kind.
constexpr bool kMutexHasOwner = true;
constexpr size_t kMutexOwnerOffset = offsetof(pthread_mutex_t, __data.__owner);

// PTHREAD_MUTEX_ROBUST_NORMAL_NP 16, PTHREAD_MUTEX_PRIO_INHERIT_NP 32, PTHREAD_MUTEX_PRIO_PROTECT_NP 64 and
// PTHREAD_MUTEX_PSHARED_BIT 128 of glibc's pthreadP.h. A destroyed mutex (kind -1) has them all.
constexpr int kPrioProtectKind = 64;
constexpr int kUnusualKinds = 16 | 32 | kPrioProtectKind | 128;

#if defined(__i386__) || defined(__arm__)
static_assert(sizeof(pthread_mutex_t) == 24 && kMutexOwnerOffset == 8 && offsetof(pthread_mutex_t, __data.__kind) == 12);
#endif

// Normal, recursive, errorcheck and adaptive mutexes of one process.
LOCKWRAP_ALWAYS_INLINE bool mutex_is_usual(const pthread_mutex_t* mutex) {
  return (mutex->__data.__kind & kUnusualKinds) == 0;
}

// A normal one of them.
LOCKWRAP_ALWAYS_INLINE bool mutex_is_plain(const pthread_mutex_t* mutex) { return (mutex->__data.__kind & (kUnusualKinds | 3)) == 0; }

// What libc itself notes in a mutex; each word changes while one looks at it.
inline uint32_t mutex_owner(const pthread_mutex_t* mutex) {
  return static_cast<uint32_t>(__atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED));
}
inline bool mutex_is_locked(const pthread_mutex_t* mutex) { return __atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED) != 0; }
// A normal or adaptive mutex of one process: libc checks nothing, and every misuse of it is undefined. Not those that processor
// transactions elide, which have no owner. PTHREAD_MUTEX_NO_ELISION_NP 512 of glibc's pthreadP.h.
inline bool mutex_is_unchecked(const pthread_mutex_t* mutex) {
  const int kind = mutex->__data.__kind & ~512;
  return kind == PTHREAD_MUTEX_TIMED_NP || kind == PTHREAD_MUTEX_ADAPTIVE_NP;
}

// Whether these bytes are, in every word that libc knows, a usual mutex that this thread has: they may have been one once, and be
// something else now.
inline bool mutex_looks_held_by(const pthread_mutex_t* mutex, uint32_t thread_id) {
  constexpr int kKinds = 3 | 512;  // normal, recursive, errorcheck, adaptive; PTHREAD_MUTEX_NO_ELISION_NP
  const auto& data = mutex->__data;
  return (data.__lock == 1 || data.__lock == 2) && data.__nusers == 1 && (data.__kind & ~kKinds) == 0 && mutex_owner(mutex) == thread_id;
}

// Whether a thread other than `thread_id` has the mutex at this moment, for the unusual kinds: trying is not harmless with
// them (a robust mutex that cannot be recovered stays locked by a failed trylock, glibc 2.36).
inline bool mutex_is_taken(const pthread_mutex_t* mutex, uint32_t thread_id) {
  constexpr uint32_t kThreadIdBits = 0x3fffffff;  // FUTEX_TID_MASK
  constexpr uint32_t kPriorityBits = 0xfff80000;  // PTHREAD_MUTEX_PRIO_CEILING_MASK
  auto word = static_cast<uint32_t>(__atomic_load_n(&mutex->__data.__lock, __ATOMIC_RELAXED));
  word &= mutex->__data.__kind & kPrioProtectKind ? ~kPriorityBits : kThreadIdBits;
  return word && static_cast<uint32_t>(__atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED)) != thread_id;
}
#elif LOCKWRAP_LIBC_IS_MUSL
// Fields of musl's pthread_impl.h (1.1 to 1.2): _m_type, _m_lock. In the type: 3 recursive and errorcheck, 4 robust, 8 priority inheriting,
// 128 shared between processes.
constexpr bool kMutexKindsKnown = true;
constexpr bool kC11MutexIsUsual = false;
constexpr bool kMutexHasOwner = false;  // normal mutexes have none
constexpr size_t kMutexOwnerOffset = 0;
constexpr int kOwnerKinds = 3 | 4 | 8;

inline int mutex_type(const pthread_mutex_t* mutex) { return mutex->__u.__i[0]; }
inline uint32_t mutex_word(const pthread_mutex_t* mutex) {
  return static_cast<uint32_t>(__atomic_load_n(&mutex->__u.__vi[1], __ATOMIC_RELAXED));
}
// Normal mutexes of one process. All kinds with an owner are in the list of their thread's robust mutexes while they are held.
LOCKWRAP_ALWAYS_INLINE bool mutex_is_usual(const pthread_mutex_t* mutex) { return (mutex_type(mutex) & (kOwnerKinds | 128)) == 0; }
LOCKWRAP_ALWAYS_INLINE bool mutex_is_plain(const pthread_mutex_t* mutex) { return mutex_is_usual(mutex); }
inline uint32_t mutex_owner(const pthread_mutex_t*) { return 0; }
inline bool mutex_is_locked(const pthread_mutex_t* mutex) { return mutex_word(mutex) != 0; }
inline bool mutex_is_unchecked(const pthread_mutex_t* mutex) { return (mutex_type(mutex) & kOwnerKinds) == 0; }
inline bool mutex_looks_held_by(const pthread_mutex_t*, uint32_t) { return false; }
// Whether another thread has it, for the unusual kinds; the upper bits tell of waiters and of an owner that died.
inline bool mutex_is_taken(const pthread_mutex_t* mutex, uint32_t thread_id) {
  const uint32_t word = mutex_word(mutex);
  if (mutex_is_unchecked(mutex)) return word != 0;
  const uint32_t owner = word & 0x3fffffff;
  return owner && owner != thread_id;
}
#else
constexpr bool kMutexKindsKnown = false;
constexpr bool kC11MutexIsUsual = true;
constexpr bool kMutexHasOwner = false;
constexpr size_t kMutexOwnerOffset = 0;
LOCKWRAP_ALWAYS_INLINE bool mutex_is_usual(const pthread_mutex_t*) { return true; }
LOCKWRAP_ALWAYS_INLINE bool mutex_is_plain(const pthread_mutex_t*) { return true; }
inline uint32_t mutex_owner(const pthread_mutex_t*) { return 0; }
inline bool mutex_is_locked(const pthread_mutex_t*) { return false; }
inline bool mutex_is_unchecked(const pthread_mutex_t*) { return false; }
inline bool mutex_is_taken(const pthread_mutex_t*, uint32_t) { return false; }
inline bool mutex_looks_held_by(const pthread_mutex_t*, uint32_t) { return false; }
#endif

}  // namespace lockwrap::locks

#if defined(__GLIBC__) && defined(__LP64__)
#include "runtime/locks/mutex_words_glibc64.h"
#elif LOCKWRAP_LIBC_IS_MUSL && defined(__LP64__)
#include "runtime/locks/mutex_words_musl64.h"
#else
#include "runtime/locks/mutex_words_none.h"
#endif
