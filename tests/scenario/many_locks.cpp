// many_locks: twenty thousand locks, each contended once; small tables cannot hold them all.
#include <memory>

#include "scenario.h"

constexpr int kLocks = 20000;
static std::unique_ptr<std::mutex[]> locks;
static std::atomic<int> wanted = -1;

NOINLINE static void wait_for(std::mutex& lock) {
  const std::lock_guard guard(lock);
  asm volatile("");
}

int main() {
  locks = std::make_unique<std::mutex[]>(kLocks);
  std::atomic<int> served = -1;
  std::thread waiter([&] {
    for (int i = 0; i < kLocks; ++i) {
      while (wanted != i) sched_yield();
      wait_for(locks[i]);
      served = i;
    }
  });
  for (int i = 0; i < kLocks; ++i) {
    locks[i].lock();
    wanted = i;
    // 2: glibc's mark of a lock for which somebody sleeps
    while (__atomic_load_n(&locks[i].native_handle()->__data.__lock, __ATOMIC_RELAXED) != 2) sched_yield();
    locks[i].unlock();
    while (served != i) sched_yield();
  }
  waiter.join();
}
