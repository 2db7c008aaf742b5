// A thousand locks held at once by one thread, released in order, in reverse and shuffled, and again. Recursive levels too.
#include "test_support.h"

namespace {
constexpr int kLocks = 1000;
pthread_mutex_t locks[kLocks];
}  // namespace

int main() {
  for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_init(&lock, nullptr) == 0);
  for (int order = 0; order < 4; ++order) {
    for (int i = 0; i < kLocks; ++i) {
      CHECK(pthread_mutex_lock(&locks[i]) == 0);
      CHECK_HELD(i + 1);
    }
    for (int i = 0; i < kLocks; ++i) {
      const int released = order == 0 ? i : order == 1 ? kLocks - 1 - i : (i * 387 + 11 * order) % kLocks;
      CHECK(pthread_mutex_unlock(&locks[released]) == 0);
      CHECK_HELD(kLocks - 1 - i);
    }
    for (pthread_mutex_t& lock : locks) {
      CHECK(pthread_mutex_trylock(&lock) == 0);
      CHECK(pthread_mutex_unlock(&lock) == 0);
    }
  }
  pthread_mutex_t recursive;
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0 && pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE) == 0);
  CHECK(pthread_mutex_init(&recursive, &attributes) == 0);
  for (int level = 0; level < 100; ++level) CHECK(pthread_mutex_lock(&recursive) == 0);
  CHECK_HELD(100);
  for (int level = 0; level < 100; ++level) CHECK(pthread_mutex_unlock(&recursive) == 0);
  CHECK_HELD(0);
  puts("all released");
}
