// A lock of the program's own, made of a futex: no pthread call, so nothing of it would be seen. Three calls report it.
// After U. Drepper, "Futexes Are Tricky", mutex 2: 0 free, 1 locked, 2 locked and somebody may be asleep.
#pragma once

#include <linux/futex.h>
#include <lockwrap/lockwrap.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

class FutexLock {
 public:
  explicit FutexLock(const char* name) { lockwrap_name_lock(this, name); }
  FutexLock(const FutexLock&) = delete;
  FutexLock& operator=(const FutexLock&) = delete;

  void lock() {
    int seen = 0;
    if (!state_.compare_exchange_strong(seen, 1, std::memory_order_acquire)) {
      lockwrap_waiting(this);  // only when it is taken: a free lock makes no call before it is had
      while (state_.exchange(2, std::memory_order_acquire) != 0) futex(FUTEX_WAIT_PRIVATE, 2);
    }
    lockwrap_acquired(this);
  }

  void unlock() {
    lockwrap_released(this);  // before the lock is free: afterwards the next holder has it already
    if (state_.exchange(0, std::memory_order_release) == 2) futex(FUTEX_WAKE_PRIVATE, 1);
  }

 private:
  void futex(int operation, int value) { syscall(SYS_futex, &state_, operation, value, nullptr, nullptr, 0); }

  std::atomic<int> state_ = 0;
};
static_assert(sizeof(FutexLock) == sizeof(int));
