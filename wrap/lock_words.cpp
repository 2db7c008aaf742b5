// Tries out, with libc's own functions, what runtime/locks/mutex_words*.h and rwlock_words.h rely on: that initialising a lock zeroes its
// two unused words, and that nothing else touches them. And whom libc writes into a mutex as its owner.
// Runs: once, at the first wrapped call, and in forked children.
#include <errno.h>

#include "declarations.h"
#include "runtime/hooks.h"

namespace {

using lockwrap::locks::mutex_creation;
using lockwrap::locks::mutex_identity;

constexpr uint64_t kIdentityMark = 0x6c6f636b77726170;  // never a valid pointer or count
constexpr uint64_t kCreationMark = 0x7061727770726f62;

// Every call once; the words must be zero before and as they were set after.
bool leaves_words_alone(pthread_mutex_t* mutex) {
  if (*mutex_identity(mutex) || *mutex_creation(mutex)) return false;
  *mutex_identity(mutex) = kIdentityMark;
  *mutex_creation(mutex) = kCreationMark;
  const lockwrap::wrap::PlainTimespec past = {0, 0};
  bool worked = __real_pthread_mutex_lock(mutex) == 0 && __real_pthread_mutex_unlock(mutex) == 0;
  worked = worked && __real_pthread_mutex_timedlock(mutex, &past) == 0 && __real_pthread_mutex_unlock(mutex) == 0;
  worked = worked && __real_pthread_mutex_trylock(mutex) == 0;
  const int again = worked ? __real_pthread_mutex_trylock(mutex) : EINVAL;
  if (again == 0) worked = __real_pthread_mutex_unlock(mutex) == 0;  // recursive
  worked = worked && __real_pthread_mutex_unlock(mutex) == 0;
  return worked && *mutex_identity(mutex) == kIdentityMark && *mutex_creation(mutex) == kCreationMark;
}

bool leaves_words_alone(pthread_rwlock_t* lock) {
  using lockwrap::locks::rwlock_creation;
  using lockwrap::locks::rwlock_identity;
  if (!lockwrap::locks::rwlock_is_usual(lock) || *rwlock_identity(lock) || *rwlock_creation(lock)) return false;
  *rwlock_identity(lock) = kIdentityMark;
  *rwlock_creation(lock) = kCreationMark;
  bool worked = __real_pthread_rwlock_rdlock(lock) == 0 && __real_pthread_rwlock_tryrdlock(lock) == 0;
  worked = worked && __real_pthread_rwlock_trywrlock(lock) == EBUSY;
  worked = worked && __real_pthread_rwlock_unlock(lock) == 0 && __real_pthread_rwlock_unlock(lock) == 0;
  worked = worked && __real_pthread_rwlock_wrlock(lock) == 0 && __real_pthread_rwlock_tryrdlock(lock) == EBUSY;
  worked = worked && __real_pthread_rwlock_unlock(lock) == 0;
  return worked && *rwlock_identity(lock) == kIdentityMark && *rwlock_creation(lock) == kCreationMark;
}

}  // namespace

extern "C" uint32_t lockwrap_probe_owner() {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  if (__real_pthread_mutex_lock(&mutex) != 0) return 0;
  const uint32_t owner = lockwrap::locks::mutex_owner(&mutex);
  __real_pthread_mutex_unlock(&mutex);
  return owner;
}

extern "C" uintptr_t lockwrap_thread_handle() {
  static_assert(sizeof(pthread_t) <= sizeof(uintptr_t));
  return (uintptr_t)pthread_self();  // a number or a pointer, by libc
}

extern "C" bool lockwrap_probe_lock_words() {
  if (!lockwrap::locks::kMutexHasWords) return false;
#if defined(__GLIBC__)
  pthread_mutex_t kinds[] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
                             PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP, PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP};
  pthread_rwlock_t rwlocks[] = {PTHREAD_RWLOCK_INITIALIZER, PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP};
#else
  pthread_mutex_t kinds[] = {PTHREAD_MUTEX_INITIALIZER};
  pthread_rwlock_t rwlocks[] = {PTHREAD_RWLOCK_INITIALIZER};
#endif
  for (pthread_mutex_t& mutex : kinds) {
    if (!lockwrap::locks::mutex_is_usual(&mutex) || !leaves_words_alone(&mutex)) return false;
  }
  // Init over used words.
  if (__real_pthread_mutex_init(&kinds[0], nullptr) != 0 || !leaves_words_alone(&kinds[0])) return false;
  if (!lockwrap::locks::kRwlockHasWords) return true;
  for (pthread_rwlock_t& lock : rwlocks) {
    if (!leaves_words_alone(&lock)) return false;
  }
  return __real_pthread_rwlock_init(&rwlocks[0], nullptr) == 0 && leaves_words_alone(&rwlocks[0]);
}
