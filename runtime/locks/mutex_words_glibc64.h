// glibc, 64-bit targets: the robust list's links (`__data.__list`, offsets 24 and 32 on x86-64 and aarch64) are left alone
// for private normal, recursive, errorcheck and adaptive mutexes. Robust, priority-inheriting, priority-protected and
// process-shared kinds use or share them: the unusual kinds are found by address.
// Runs: inside every wrapped mutex call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::locks {

constexpr bool kMutexHasWords = true;

#if defined(__aarch64__) && defined(__LP64__)
static_assert(sizeof(pthread_mutex_t) == 48);
#elif defined(__x86_64__) || defined(__riscv)
static_assert(sizeof(pthread_mutex_t) == 40);
#endif
#if defined(__x86_64__) || defined(__aarch64__) || defined(__riscv)
static_assert(offsetof(pthread_mutex_t, __data.__owner) == 8 && offsetof(pthread_mutex_t, __data.__kind) == 16 &&
              offsetof(pthread_mutex_t, __data.__list) == 24);
#endif
static_assert(sizeof(__pthread_list_t) == 2 * sizeof(uint64_t));
static_assert(offsetof(pthread_mutex_t, __data.__list) >= offsetof(pthread_mutex_t, __data.__kind) + sizeof(int));

typedef uint64_t __attribute__((may_alias)) MutexWord;

// Record number and generation, 0: none yet.
LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_identity(const pthread_mutex_t* mutex) {
  return reinterpret_cast<MutexWord*>(const_cast<__pthread_internal_list**>(&mutex->__data.__list.__prev));
}
// The call that initialised it, 0: static or C++ initialisation.
LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_creation(const pthread_mutex_t* mutex) {
  return reinterpret_cast<MutexWord*>(const_cast<__pthread_internal_list**>(&mutex->__data.__list.__next));
}

}  // namespace lockwrap::locks
