// Tries out, with libc's own functions, what runtime/locks/mutex_words*.h relies on: that initialising a mutex zeroes its two
// unused words, and that nothing else touches them.
// Runs: once, at the first wrapped call.
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
  const timespec past = {0, 0};
  bool worked = __real_pthread_mutex_lock(mutex) == 0 && __real_pthread_mutex_unlock(mutex) == 0;
  worked = worked && __real_pthread_mutex_timedlock(mutex, &past) == 0 && __real_pthread_mutex_unlock(mutex) == 0;
  worked = worked && __real_pthread_mutex_trylock(mutex) == 0;
  const int again = worked ? __real_pthread_mutex_trylock(mutex) : EINVAL;
  if (again == 0) worked = __real_pthread_mutex_unlock(mutex) == 0;  // recursive
  worked = worked && __real_pthread_mutex_unlock(mutex) == 0;
  return worked && *mutex_identity(mutex) == kIdentityMark && *mutex_creation(mutex) == kCreationMark;
}

}  // namespace

extern "C" bool lockwrap_probe_mutex_words() {
#if defined(__GLIBC__)
  pthread_mutex_t kinds[] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
                             PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP, PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP};
  for (pthread_mutex_t& mutex : kinds) {
    if (!lockwrap::locks::mutex_is_usual(&mutex) || !leaves_words_alone(&mutex)) return false;
  }
  // Init over used words.
  if (__real_pthread_mutex_init(&kinds[0], nullptr) != 0 || !leaves_words_alone(&kinds[0])) return false;
  return true;
#else
  return false;
#endif
}
