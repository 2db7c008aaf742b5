// musl, 64-bit targets: `_m_prev` and `_m_next` of musl's pthread_impl.h (offsets 24 and 32), the links of the list of robust mutexes, are
// left alone in normal mutexes of one process. Every other kind is found by address.
// Runs: inside every wrapped mutex call.
#pragma once

#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::locks {

constexpr bool kMutexHasWords = true;

static_assert(sizeof(pthread_mutex_t) == 40 && sizeof(pthread_mutex_t::__u.__p) == 40);

typedef uint64_t __attribute__((may_alias)) MutexWord;

// Record number and generation, 0: none yet.
LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_identity(const pthread_mutex_t* mutex) {
  return reinterpret_cast<MutexWord*>(const_cast<pthread_mutex_t*>(mutex)) + 3;
}
// The call that initialised it, 0: static or C++ initialisation.
LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_creation(const pthread_mutex_t* mutex) {
  return reinterpret_cast<MutexWord*>(const_cast<pthread_mutex_t*>(mutex)) + 4;
}

}  // namespace lockwrap::locks
