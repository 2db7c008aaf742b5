// The limits below are rules of thumb. They only choose the words of an advice; the figures beside it are what was measured.
#include "report/lock_pattern.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "names/function_name.h"

namespace lockwrap::cli {
namespace {

constexpr int64_t kLongHoldNs = 1'000'000;    // what a hog makes others wait, at least
constexpr int64_t kShortWaitNs = 500'000;     // the mean wait for a lock that is only taken often
constexpr int64_t kLongSleepNs = 100'000;     // the mean hold of one that sleeps: less is how long it takes to wake a thread
constexpr double kMostShare = 0.5;
constexpr double kSeveralWaiters = 3;         // each hold of a convoy is waited for by so many

// Beginnings of the functions in which allocators wait for their own locks.
constexpr std::string_view kAllocators[] = {"je_", "arena_", "extent_", "tcache_", "base_alloc", "pa_", "pac_", "sec_", "hpa_", "mi_", "_mi_",
                                            "tcmalloc::", "SpinLock::", "malloc", "calloc", "free", "_int_malloc", "_int_free", "operator new",
                                            "operator delete"};

bool is_of_an_allocator(const Place &place) {
  const std::string name = short_function_name(place.function);
  return std::any_of(std::begin(kAllocators), std::end(kAllocators),
                     [&](std::string_view beginning) { return std::string_view(name).substr(0, beginning.size()) == beginning; });
}

int64_t total_wait(const std::vector<PlaceTotal> &totals, std::string_view mode) {
  int64_t sum = 0;
  for (const PlaceTotal &total : totals) {
    if (mode.empty() || total.mode == mode) sum = add_saturated(sum, total.wait_ns);
  }
  return sum;
}

bool is_most(int64_t part, int64_t whole) { return whole > 0 && static_cast<double>(part) >= kMostShare * static_cast<double>(whole); }

// The one who holds it most sleeps for most of that.
bool is_blocked_holder(const LockRow &row, int64_t held_ns) {
  const PlaceTotal &top = row.held_by.front();
  return is_most(top.wait_ns, held_ns) && top.holds.mean_ns() >= kLongSleepNs && top.holds.is_looked_at_enough() && top.holds.blocked_share().value_or(0) >= kMostShare;
}

// Holders of one mode make others wait, and these are of the other mode.
bool delays(const LockRow &row, std::string_view holders, std::string_view waiters, int64_t held_ns) {
  return is_most(total_wait(row.held_by, holders), held_ns) && is_most(total_wait(row.waits_in, waiters), total_wait(row.waits_in, ""));
}

// Many short sleeps of readers make a writer wait for long, because the readers relieve each other: that comes before the sleep of each.
LockPattern pattern_of(const LockRow &row, const LockShape &shape) {
  if (!row.waits_in.empty() && is_of_an_allocator(row.waits_in.front().place)) return LockPattern::kAllocator;
  const int64_t held_ns = total_wait(row.held_by, "");
  const bool holders_are_known = is_most(held_ns, row.wait_ns);
  if (row.kind == "rwlock" && holders_are_known && delays(row, "read", "write", held_ns)) return LockPattern::kReadersDelayWriters;
  if (shape.holder_sleeps) return LockPattern::kBlockedHolder;
  if (row.kind == "rwlock" && holders_are_known && delays(row, "write", "read", held_ns)) return LockPattern::kWritersDelayReaders;
  if (holders_are_known && is_most(row.held_by.front().wait_ns, held_ns) && shape.blamed_ns_a_hold >= kLongHoldNs) {
    const bool is_convoy = static_cast<double>(shape.blamed_ns_a_hold) >= kSeveralWaiters * static_cast<double>(std::max<int64_t>(shape.mean_wait_ns, 1));
    return is_convoy ? LockPattern::kConvoy : LockPattern::kOneHog;
  }
  return shape.mean_wait_ns <= kShortWaitNs && row.contentions > 1 ? LockPattern::kManyShortHolds : LockPattern::kUnclear;
}

}  // namespace

LockShape shape_of(const LockRow &row, int64_t duration_ns) {
  LockShape shape;
  if (row.contentions > 0) shape.mean_wait_ns = row.wait_ns / row.contentions;
  shape.p99_wait_ns = p99_of(row.histogram, row.max_wait_ns);
  if (!row.held_by.empty() && row.held_by.front().contentions > 0) {
    shape.blamed_ns_a_hold = row.held_by.front().wait_ns / row.held_by.front().contentions;
  }
  if (duration_ns > 0) shape.waiting_threads = static_cast<double>(row.wait_ns) / static_cast<double>(duration_ns);
  const int64_t held_ns = total_wait(row.held_by, "");
  shape.holder_sleeps = is_most(held_ns, row.wait_ns) && is_blocked_holder(row, held_ns);
  shape.pattern = pattern_of(row, shape);
  return shape;
}

std::string pattern_name(LockPattern pattern) {
  switch (pattern) {
    case LockPattern::kUnclear: return "unclear";
    case LockPattern::kOneHog: return "one-hog";
    case LockPattern::kConvoy: return "convoy";
    case LockPattern::kManyShortHolds: return "many-short-holds";
    case LockPattern::kReadersDelayWriters: return "readers-delay-writers";
    case LockPattern::kWritersDelayReaders: return "writers-delay-readers";
    case LockPattern::kAllocator: return "allocator";
    case LockPattern::kBlockedHolder: return "held-across-blocking-call";
  }
  return "unclear";
}

}  // namespace lockwrap::cli
