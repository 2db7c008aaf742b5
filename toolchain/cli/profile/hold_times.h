// How long a lock was held while others waited for it: the profile's `holder` comments, added up.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace lockwrap::cli {

// b: how many took at least 2^b and less than 2^(b+1) ns.
using Histogram = std::map<int, int64_t>;

// 99 % took at most so long: the upper end of their bucket, or `longest_ns` if that is less (0: not known). Nothing when there are none.
std::optional<int64_t> p99_of(const Histogram &histogram, int64_t longest_ns);

// Of holds that others waited for; one that began before anybody did counts from the first waiter on.
struct HoldTimes {
  Histogram histogram;      // of those that have ended
  int64_t holds = 0;        // with those in progress
  int64_t hold_ns = 0;
  int64_t max_hold_ns = 0;
  int64_t looked_ns = 0;   // of the hold_ns: within which somebody looked at what the holder did
  int64_t blocked_ns = 0;  // of the looked_ns: that the holder slept

  void add(const HoldTimes &other);
  int64_t mean_ns() const { return holds > 0 ? hold_ns / holds : 0; }
  std::optional<int64_t> p99_ns() const { return p99_of(histogram, max_hold_ns); }
  std::optional<double> blocked_share() const;  // nothing when nobody looked
  // Whether what was looked at stands for all: most of the time, or as much as several holds.
  bool is_looked_at_enough() const { return looked_ns >= hold_ns / 2 || looked_ns / 2 >= mean_ns(); }
};

}  // namespace lockwrap::cli
