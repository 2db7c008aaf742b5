// The words of pthread_mutex_t that libc never uses, in which lockwrap keeps which lock this is.
//
// An address is no identity: a std::mutex that was destroyed leaves no trace, and the next one may stand at its address. The
// words are zeroed by every way of initialising a mutex, so an initialised mutex is a new lock by itself, and finding its
// record costs one load from a line that the lock call touches anyway.
// One file a libc; wrap/mutex_words.cpp proves the layout at the first use, by running libc's functions over it.
// Runs: inside every wrapped mutex call.
#pragma once

#include <pthread.h>
#include <stddef.h>

namespace lockwrap::locks {

// Where libc keeps the owner's thread id in a mutex of every kind, if it does.
#if defined(__GLIBC__)
constexpr bool kMutexHasOwner = true;
constexpr size_t kMutexOwnerOffset = offsetof(pthread_mutex_t, __data.__owner);
#else
constexpr bool kMutexHasOwner = false;
constexpr size_t kMutexOwnerOffset = 0;
#endif

}  // namespace lockwrap::locks

#if defined(__GLIBC__) && defined(__LP64__)
#include "runtime/locks/mutex_words_glibc64.h"
#else
#include "runtime/locks/mutex_words_none.h"
#endif
