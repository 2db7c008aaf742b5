// Locks used against libc's rules, without a deadlock. tests/scenario/misuse looks at each kind, its words and its correct twin.
#include <condition_variable>

#include "locks.h"

namespace {

std::mutex accounts;
PthreadMutex table;

void unlock_by_stranger() {
  accounts.lock();
  std::thread([] { accounts.unlock(); }).join();
}

void unlock_of_free() {
  accounts.lock(), accounts.unlock();
  accounts.unlock();
}

void destroy_held() {
  table.lock();
  CHECK(pthread_mutex_destroy(table.get()) == (kIsGlibc ? EBUSY : 0));
}

void make_again_held() {
  table.lock();
  CHECK(pthread_mutex_init(table.get(), nullptr) == 0);
}

void destroy_read() {
  static pthread_rwlock_t routes = PTHREAD_RWLOCK_INITIALIZER;
  leave_behind([] { CHECK(pthread_rwlock_rdlock(&routes) == 0); });
  CHECK(pthread_rwlock_destroy(&routes) == 0);
}

void wait_without_mutex() {
  static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  const timespec past{1, 0};
  CHECK(pthread_cond_timedwait(&changed, table.get(), &past) == ETIMEDOUT);
}

void wait_with_two_mutexes() {
  static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  static PthreadMutex other;
  std::atomic<bool> holds = false;
  lock_up([&] {
    table.lock();
    holds = true;
    for (;;) pthread_cond_wait(&changed, table.get());
  });
  while (!holds) sched_yield();
  table.lock(), table.unlock();  // free once it waits
  lock_up([] {
    other.lock();
    for (;;) pthread_cond_wait(&changed, other.get());
  });
  leave_hanging();
}

void exec_with_lock() {
  table.lock();
  CHECK(execl("/bin/true", "true", static_cast<char*>(nullptr)) == 0);
}

constexpr Case kCases[] = {
    CASE(unlock_by_stranger, Expect::kMisuse, "a thread unlocks the mutex of another one"),
    CASE(unlock_of_free, Expect::kMisuse, "unlocks a free mutex (Helgrind: tc09_bad_unlock)"),
    CASE(destroy_held, Expect::kMisuse, "destroys its own locked mutex"),
    CASE(make_again_held, Expect::kMisuse, "initialises its own locked mutex"),
    CASE(destroy_read, Expect::kMisuse, "destroys a readers-writer lock that another thread reads under"),
    CASE(wait_without_mutex, Expect::kMisuse, "a condition wait with a free mutex"),
    CASE(wait_with_two_mutexes, Expect::kMisuse, "two threads wait for one condition with two mutexes"),
    CASE(exec_with_lock, Expect::kMisuse, "becomes another program with a mutex locked"),
};

}  // namespace

std::span<const Case> misuses() { return kCases; }
