// What the scenario programs share: a thread that is seen to wait, holds of a certain length, measured waits.
// A program prints `key=value` lines; check_report knows them as `measured.key`.
#pragma once

#include <mutex>
#include <thread>

#include "../wrap/test_support.h"

#define NOINLINE __attribute__((noinline))

inline long long now_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

// The length of a hold; never used to put threads in order.
inline void pass_ms(long milliseconds) {
  timespec rest{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  while (nanosleep(&rest, &rest) != 0) {}
}

// A thread that runs `work`. The constructor returns when it sleeps: in the first lock that it cannot have.
class WaitingThread {
 public:
  template <class Work>
  explicit WaitingThread(Work work) : thread_([this, work] { id_ = thread_id(); work(); }) { wait_until_asleep(id_); }
  ~WaitingThread() { thread_.join(); }
  WaitingThread(const WaitingThread&) = delete;
  WaitingThread& operator=(const WaitingThread&) = delete;

 private:
  std::atomic<pid_t> id_ = 0;
  std::thread thread_;
};

// One contended call: the caller holds the lock until another thread has slept in `wait` for that long.
template <class Lock, class Wait>
NOINLINE void make_wait(Lock& lock, long milliseconds, Wait wait) {
  lock.lock();
  {
    const WaitingThread waiter([&] { wait(); });
    pass_ms(milliseconds);
    lock.unlock();
  }
}

template <class Lock>
void make_wait(Lock& lock, long milliseconds) {
  make_wait(lock, milliseconds, [&] { const std::lock_guard guard(lock); });
}
