// first_waiters: several threads are the first to wait for a lock, all at once, for hundreds of locks. Each lock must get one
// record, and no wait may be lost.
#include <memory>

#include "scenario.h"

constexpr int kLocks = 400;
constexpr int kWaiters = 3;
static std::unique_ptr<std::mutex[]> locks;
static std::atomic<int> wanted = -1;
static std::atomic<pid_t> ids[kWaiters];
static std::atomic<int> served = 0;

NOINLINE static void wait_for(std::mutex& lock) {
  const std::lock_guard guard(lock);
  asm volatile("");
}

int main() {
  locks = std::make_unique<std::mutex[]>(kLocks);
  std::thread threads[kWaiters];
  for (int number = 0; number < kWaiters; ++number) {
    threads[number] = std::thread([number] {
      for (int i = 0; i < kLocks; ++i) {
        while (wanted != i) sched_yield();
        ids[number] = thread_id();
        wait_for(locks[i]);
        ids[number] = 0;
        ++served;
      }
    });
  }
  for (int i = 0; i < kLocks; ++i) {
    locks[i].lock();
    served = 0;
    wanted = i;
    for (const auto& id : ids) wait_until_asleep(id);
    locks[i].unlock();
    while (served != kWaiters) sched_yield();
  }
  for (std::thread& thread : threads) thread.join();
}
