// A libc whose mutex has no words that were proved to be unused: every lock is found by its address.
// Runs: inside every wrapped mutex call.
#pragma once

#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::locks {

constexpr bool kMutexHasWords = false;
typedef uint64_t MutexWord;

LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_identity(const pthread_mutex_t*) { return nullptr; }
LOCKWRAP_ALWAYS_INLINE MutexWord* mutex_creation(const pthread_mutex_t*) { return nullptr; }

}  // namespace lockwrap::locks
