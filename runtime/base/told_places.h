// Which findings have been told: each is told once a place, a place being a number made of code addresses.
// Runs: when something was found.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/base/bounded_table.h"

namespace lockwrap::base {

class ToldPlaces {
 public:
  static constexpr size_t kMost = 256;  // a program with more of a kind has been told enough: further ones count as told

  // Remembers the place. True: it is new. Thread-safe and signal-safe.
  bool is_first(uint64_t place) {
    if (!place) place = 1;
    for (size_t probe = 0; probe < kMost; ++probe) {
      std::atomic<uint64_t>& slot = places_[(place + probe) % kMost];
      uint64_t seen = 0;
      if (slot.compare_exchange_strong(seen, place, std::memory_order_relaxed)) return true;
      if (seen == place) return false;
    }
    return false;
  }

 private:
  std::atomic<uint64_t> places_[kMost];
};

// How many were found, and how many of them at places that had been told already, or for which there was no room.
struct FindingCounts {
  std::atomic<uint64_t> found;
  std::atomic<uint64_t> untold;

  // Counts one; returns `is_new`.
  bool count(bool is_new) {
    found.fetch_add(1, std::memory_order_relaxed);
    if (!is_new) untold.fetch_add(1, std::memory_order_relaxed);
    return is_new;
  }
  void clear() {
    found.store(0, std::memory_order_relaxed);
    untold.store(0, std::memory_order_relaxed);
  }
};

}  // namespace lockwrap::base
