#include "profile/hold_times.h"

#include <algorithm>

#include "profile/saturated.h"

namespace lockwrap::cli {

std::optional<int64_t> p99_of(const Histogram &histogram, int64_t longest_ns) {
  int64_t count = 0;
  for (const auto &[bucket, number] : histogram) count = add_saturated(count, number);
  if (count <= 0) return std::nullopt;
  int64_t seen = 0;
  for (const auto &[bucket, number] : histogram) {
    seen = add_saturated(seen, number);
    if (static_cast<long double>(seen) < 0.99L * static_cast<long double>(count)) continue;
    const int64_t limit = bucket >= 0 && bucket < 62 ? int64_t{1} << (bucket + 1) : longest_ns;
    return longest_ns > 0 ? std::min(limit, longest_ns) : limit;
  }
  return std::nullopt;
}

void HoldTimes::add(const HoldTimes &other) {
  for (const auto &[bucket, number] : other.histogram) histogram[bucket] = add_saturated(histogram[bucket], number);
  holds = add_saturated(holds, other.holds);
  hold_ns = add_saturated(hold_ns, other.hold_ns);
  max_hold_ns = std::max(max_hold_ns, other.max_hold_ns);
  looked_ns = add_saturated(looked_ns, other.looked_ns);
  blocked_ns = add_saturated(blocked_ns, other.blocked_ns);
}

std::optional<double> HoldTimes::blocked_share() const {
  if (looked_ns <= 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(blocked_ns) / static_cast<double>(looked_ns));
}

}  // namespace lockwrap::cli
