// Sums of what a file says: those of a hostile one end at the largest number instead of wrapping round.
#pragma once

#include <cstdint>
#include <limits>

namespace lockwrap::cli {

inline int64_t add_saturated(int64_t left, int64_t right) {
  int64_t sum = 0;
  return __builtin_add_overflow(left, right, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

}  // namespace lockwrap::cli
