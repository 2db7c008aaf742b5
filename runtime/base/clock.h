// The one clock: CLOCK_MONOTONIC in nanoseconds, 20 to 46 ns a reading through the vDSO. Read only when a thread has waited
// for a lock or is waited for, never for a free lock. And the same clock as of the kernel's last tick, 2 to 3 ns a reading.
// Runs: inside contended calls.
#pragma once

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

}  // namespace lockwrap::base
