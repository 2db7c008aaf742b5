// Condition waits with the wrong mutex.
#include "misuse.h"

namespace {

void condition_without_mutex() {
  leave_behind([] { wait_for_change(); });
}
void condition_without_mutex_right() {
  lock_table();
  CHECK(pthread_cond_timedwait(&changed, &table, &kPast) == ETIMEDOUT);
  unlock_table();
  pthread_mutex_t checked;
  make_checked(checked);
  CHECK(pthread_cond_wait(&changed, &checked) == EPERM);
}

void condition_with_mutex_of_other() {
  leave_behind([] { lock_table(); });
  leave_behind([] { wait_for_change(); });
}
void condition_with_mutex_of_other_right() {
  bool ready = false;
  const WaitingThread waiter([&] {
    lock_table();
    while (!ready) wait_for_change();
    unlock_table();
  });
  lock_table();
  ready = true;
  CHECK(pthread_cond_signal(&changed) == 0);
  unlock_table();
}

void two_mutexes() {
  leave_behind([] {
    lock_table();
    for (;;) wait_for_change();
  });
  leave_behind([] {
    CHECK(pthread_mutex_lock(&other_table) == 0);
    for (;;) wait_for_change_of_other();
  });
}
void two_mutexes_right() {
  for (int round = 0; round < 3; ++round) {
    bool ready = false;
    {
      const WaitingThread first([&] {
        lock_table();
        while (!ready) wait_for_change();
        unlock_table();
      });
      lock_table();
      ready = true;
      CHECK(pthread_cond_broadcast(&changed) == 0);
      unlock_table();
    }
    CHECK(pthread_mutex_lock(&other_table) == 0);
    CHECK(pthread_cond_timedwait(&changed, &other_table, &kPast) == ETIMEDOUT);
    CHECK(pthread_mutex_unlock(&other_table) == 0);
  }
}

constexpr Case kCases[] = {
    CASE(condition_without_mutex), CASE(condition_with_mutex_of_other), CASE(two_mutexes),
};

}  // namespace

std::span<const Case> condition_cases() { return kCases; }
