// Robust mutexes whose owner died, held together with many others: they stay in the held list, repaired or not, also when the
// list is full and is looked through for locks that others have released.
#include "test_support.h"

namespace {

constexpr int kOthers = 100;
pthread_mutex_t robust;
pthread_mutex_t others[kOthers];

void* die_holding(void*) {
  CHECK(pthread_mutex_lock(&robust) == 0);
  return nullptr;
}

void hold_many(bool repaired) {
  CHECK(pthread_join(start(die_holding), nullptr) == 0);
  CHECK(pthread_mutex_lock(&robust) == EOWNERDEAD);
  CHECK_HELD(1);
  if (repaired) CHECK(pthread_mutex_consistent(&robust) == 0);
  for (int i = 0; i < kOthers; ++i) {
    CHECK(pthread_mutex_lock(&others[i]) == 0);
    CHECK_HELD(2 + i);
  }
  if (!repaired) CHECK(pthread_mutex_consistent(&robust) == 0);
  CHECK(pthread_mutex_unlock(&robust) == 0);
  CHECK_HELD(kOthers);
  for (int i = 0; i < kOthers; ++i) CHECK(pthread_mutex_unlock(&others[i]) == 0);
  CHECK_HELD(0);
}

}  // namespace

int main() {
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
  CHECK(pthread_mutex_init(&robust, &attributes) == 0);
  for (pthread_mutex_t& other : others) CHECK(pthread_mutex_init(&other, nullptr) == 0);
  hold_many(true);
  hold_many(false);
  // Released unrepaired it is nobody's for ever, and is not held.
  CHECK(pthread_join(start(die_holding), nullptr) == 0);
  CHECK(pthread_mutex_lock(&robust) == EOWNERDEAD);
  CHECK(pthread_mutex_unlock(&robust) == 0);
  CHECK(pthread_mutex_lock(&robust) == ENOTRECOVERABLE);
  CHECK_HELD(0);
  puts("held");
}
