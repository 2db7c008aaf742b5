// The words of pthread_rwlock_t that libc never uses: as mutex_words.h, for readers-writer locks.
// glibc, 64-bit targets: `__pad3` and `__pad4` side by side, and `__pad2`; musl, 64-bit: what lies behind its three words. Locks that
// processes share are found by address.
// Runs: inside every wrapped rwlock call.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <cstdint>

#include "runtime/base/attributes.h"
#include "runtime/locks/mutex_words.h"

namespace lockwrap::locks {

// Whether readers wait behind writers that wait, also readers that have the lock already. A libc that is not known may do so.
#if defined(__GLIBC__)
inline bool rwlock_prefers_writers(const pthread_rwlock_t* lock) {
  return lock->__data.__flags == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}
#else
inline bool rwlock_prefers_writers(const pthread_rwlock_t*) { return !LOCKWRAP_LIBC_IS_MUSL; }
#endif

// What libc itself notes: whether processes share the lock; the writer's thread id; how many readers there are.
#if defined(__GLIBC__)
constexpr bool kRwlockNotesKnown = true;
constexpr bool kRwlockHasOwner = true;
#if defined(__x86_64__) || defined(__aarch64__) || (defined(__riscv) && defined(__LP64__))
static_assert(sizeof(pthread_rwlock_t) == 56 && offsetof(pthread_rwlock_t, __data.__cur_writer) == 24);
#elif defined(__i386__) || defined(__arm__)
static_assert(sizeof(pthread_rwlock_t) == 32 && offsetof(pthread_rwlock_t, __data.__cur_writer) == 28);
#endif

LOCKWRAP_ALWAYS_INLINE bool rwlock_is_usual(const pthread_rwlock_t* lock) { return lock->__data.__shared == 0; }
inline uint32_t rwlock_writer(const pthread_rwlock_t* lock) {
  return static_cast<uint32_t>(__atomic_load_n(&lock->__data.__cur_writer, __ATOMIC_RELAXED));
}
// PTHREAD_RWLOCK_READER_SHIFT 3 of glibc's pthread_rwlock_common.c.
inline uint32_t rwlock_readers(const pthread_rwlock_t* lock) { return __atomic_load_n(&lock->__data.__readers, __ATOMIC_RELAXED) >> 3; }
#elif LOCKWRAP_LIBC_IS_MUSL
// musl's pthread_impl.h: _rw_lock, _rw_waiters, _rw_shared, and words that have no name.
constexpr bool kRwlockNotesKnown = true;
constexpr bool kRwlockHasOwner = false;

LOCKWRAP_ALWAYS_INLINE bool rwlock_is_usual(const pthread_rwlock_t* lock) { return lock->__u.__i[2] == 0; }
inline uint32_t rwlock_writer(const pthread_rwlock_t*) { return 0; }  // musl notes only that there is one, as 0x7fffffff readers
inline uint32_t rwlock_readers(const pthread_rwlock_t* lock) {
  const auto word = static_cast<uint32_t>(__atomic_load_n(&lock->__u.__vi[0], __ATOMIC_RELAXED)) & 0x7fffffff;
  return word == 0x7fffffff ? 0 : word;
}
#else
constexpr bool kRwlockNotesKnown = false;
constexpr bool kRwlockHasOwner = false;
LOCKWRAP_ALWAYS_INLINE bool rwlock_is_usual(const pthread_rwlock_t*) { return true; }
inline uint32_t rwlock_writer(const pthread_rwlock_t*) { return 0; }
inline uint32_t rwlock_readers(const pthread_rwlock_t*) { return 0; }
#endif

#if defined(__GLIBC__) && defined(__LP64__)
constexpr bool kRwlockHasWords = true;

static_assert(offsetof(pthread_rwlock_t, __data.__pad4) == offsetof(pthread_rwlock_t, __data.__pad3) + 4 &&
              offsetof(pthread_rwlock_t, __data.__pad3) % 8 == 0 && sizeof(pthread_rwlock_t::__data.__pad2) == 8);

LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_identity(const pthread_rwlock_t* lock) {
  return reinterpret_cast<MutexWord*>(const_cast<unsigned int*>(&lock->__data.__pad3));
}
LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_creation(const pthread_rwlock_t* lock) {
  return reinterpret_cast<MutexWord*>(const_cast<unsigned long*>(&lock->__data.__pad2));
}
#elif LOCKWRAP_LIBC_IS_MUSL && defined(__LP64__)
constexpr bool kRwlockHasWords = true;

static_assert(sizeof(pthread_rwlock_t) == 56 && sizeof(pthread_rwlock_t::__u.__i) == 56);

LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_identity(const pthread_rwlock_t* lock) {
  return reinterpret_cast<MutexWord*>(const_cast<pthread_rwlock_t*>(lock)) + 5;
}
LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_creation(const pthread_rwlock_t* lock) {
  return reinterpret_cast<MutexWord*>(const_cast<pthread_rwlock_t*>(lock)) + 6;
}
#else
constexpr bool kRwlockHasWords = false;
LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_identity(const pthread_rwlock_t*) { return nullptr; }
LOCKWRAP_ALWAYS_INLINE MutexWord* rwlock_creation(const pthread_rwlock_t*) { return nullptr; }
#endif

}  // namespace lockwrap::locks
