// The one clock: CLOCK_MONOTONIC in nanoseconds, 20 to 46 ns a reading through the vDSO. Read only when a thread has waited
// for a lock or is waited for, never for a free lock. And the same clock as of the kernel's last tick, 2 to 3 ns a reading.
// Runs: inside contended calls.
#pragma once

#include <errno.h>
#include <sys/resource.h>
#include <time.h>

#include <cstdint>

namespace lockwrap::base {

// Nanoseconds since an arbitrary start, the same for all threads. Never fails on Linux. Signal-safe.
inline uint64_t monotonic_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

// As of the last tick; ticks are 1 to 10 ms apart.
inline uint64_t coarse_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(now.tv_nsec);
}

// How often the calling thread has left the processor: to wait for something, or because another thread was to run. A system call, refused by
// some filters.
struct Switches {
  uint32_t voluntary, forced;
  bool is_known;
};
inline Switches own_switches() {
  rusage usage{};
  const int saved_errno = errno;
  const bool is_known = getrusage(RUSAGE_THREAD, &usage) == 0;
  errno = saved_errno;
  return {static_cast<uint32_t>(usage.ru_nvcsw), static_cast<uint32_t>(usage.ru_nivcsw), is_known};
}

// Processor time of a thread of this process, by its kernel thread id, 0: of the calling one. A system call, 0.2 to 0.5 us. 0: there is no such
// thread, or the kernel does not tell. Leaves errno as it is.
inline uint64_t thread_cpu_ns(uint32_t thread) {
  constexpr clockid_t kThreadClock = 6;  // CPUCLOCK_PERTHREAD_MASK 4, CPUCLOCK_SCHED 2 of Linux' posix-timers_types.h
  const auto clock = static_cast<clockid_t>(~thread << 3) | kThreadClock;
  const int saved_errno = errno;
  timespec used;
  const bool is_known = clock_gettime(thread ? clock : CLOCK_THREAD_CPUTIME_ID, &used) == 0;
  errno = saved_errno;
  return is_known ? static_cast<uint64_t>(used.tv_sec) * 1'000'000'000u + static_cast<uint64_t>(used.tv_nsec) : 0;
}

}  // namespace lockwrap::base
