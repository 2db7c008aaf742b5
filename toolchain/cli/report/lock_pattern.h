// What kind of trouble a lock is: the shape of its waits and holds, which says what usually helps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "report/lock_report.h"

namespace lockwrap::cli {

enum class LockPattern {
  kUnclear,            // too little is known of who held it
  kOneHog,             // one place holds it long: most of the time is charged to few holds of it
  kConvoy,             // the same, and several threads at once wait for each such hold
  kManyShortHolds,     // it is taken so often that taking it is what costs
  kReadersDelayWriters,
  kWritersDelayReaders,
  kAllocator,          // the lock belongs to the allocator
  kBlockedHolder,      // the holder sleeps: held across a blocking call; readers who do so and delay writers are kReadersDelayWriters
};

struct LockShape {
  LockPattern pattern = LockPattern::kUnclear;
  bool holder_sleeps = false;  // whoever holds it most sleeps for most of that
  int64_t mean_wait_ns = 0;
  std::optional<int64_t> p99_wait_ns;  // 99 % of the waits took at most so long; nothing when the profile has no histogram of it
  int64_t blamed_ns_a_hold = 0;        // what a hold that made somebody wait made all together wait, on average: of the first in held_by
  double waiting_threads = 0;          // how many threads waited for it on average, at any time that the program was watched
};

// `duration_ns`: how long the program was watched; 0 when not known.
LockShape shape_of(const LockRow &row, int64_t duration_ns);

// "one-hog", for JSON and conditions.
std::string pattern_name(LockPattern pattern);

}  // namespace lockwrap::cli
