// Kinds of readers-writer locks, and one of each kind in memory that child processes share.
#pragma once

#include "mutex_cases.h"

namespace conformance {

inline constexpr Kind kRwlocks[] = {
#if defined(__GLIBC__)
    {"prefer reader", PTHREAD_RWLOCK_PREFER_READER_NP, 0, 0, kPrivate},
    {"prefer writer", PTHREAD_RWLOCK_PREFER_WRITER_NP, 0, 0, kPrivate},
    {"prefer writer nonrecursive", PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, 0, 0, kPrivate},
    {"prefer reader, shared", PTHREAD_RWLOCK_PREFER_READER_NP, 0, 0, kShared},
    {"prefer writer nonrecursive, shared", PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, 0, 0, kShared},
#else
    {"private", 0, 0, 0, kPrivate},
    {"shared", 0, 0, 0, kShared},
#endif
    {nullptr, 0, 0, 0, 0},
};

inline pthread_rwlock_t* make_rwlock(const Kind& kind) {
  auto* lock = static_cast<pthread_rwlock_t*>(shared_page());
  pthread_rwlockattr_t attributes;
  CHECK(pthread_rwlockattr_init(&attributes) == 0);
#if defined(__GLIBC__)
  CHECK(pthread_rwlockattr_setkind_np(&attributes, kind.type) == 0);
#endif
  CHECK(pthread_rwlockattr_setpshared(&attributes, kind.shared) == 0);
  SAY_AS("pthread_rwlock_init", pthread_rwlock_init(lock, &attributes));
  pthread_rwlockattr_destroy(&attributes);
  return lock;
}

}  // namespace conformance
