// Both profiles are put into maps with the same keys: what is missing in one of them is nothing there.
#include "report/profile_diff.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

#include "base/in_parallel.h"
#include "names/function_name.h"
#include "names/lock_names.h"

namespace lockwrap::cli {
namespace {

using PlaceKey = std::tuple<Side, std::string, std::string, std::string>;     // function, file, mode

struct LockSums {
  LockChange change;
  bool was_there = false, is_there = false;
  std::map<PlaceKey, Change> places;
};

// One of the two profiles: where its amounts go, and what they are multiplied with.
struct Part {
  double Change::*slot;
  double factor;

  void add(Change &change, int64_t amount) const { change.*slot += static_cast<double>(amount) * factor; }
};

void add_places(LockSums &sums, const std::vector<PlaceTotal> &totals, Side side, const Part &part) {
  for (const PlaceTotal &total : totals) {
    const std::string file = total.place.file.substr(total.place.file.rfind('/') + 1);
    part.add(sums.places[{side, short_function_name(total.place.function), file, total.mode}], total.wait_ns);
  }
}

void add_report(std::map<std::pair<std::string, std::string>, LockSums> &locks, const LockReport &report, const Part &part, bool is_after) {
  for (const LockRow &row : report.rows) {
    LockSums &sums = locks[{lock_identity(row.name), row.kind}];
    sums.change.name = row.name;
    sums.change.kind = row.kind;
    (is_after ? sums.is_there : sums.was_there) = true;
    int64_t &maximum = is_after ? sums.change.max_after_ns : sums.change.max_before_ns;
    maximum = std::max(maximum, row.max_wait_ns);
    part.add(sums.change.wait, row.wait_ns);
    part.add(sums.change.contentions, row.contentions);
    add_places(sums, row.waits_in, Side::kWaiter, part);
    add_places(sums, row.held_by, Side::kHolder, part);
  }
}

LockChange finish(LockSums &sums) {
  LockChange change = std::move(sums.change);
  change.is_new = !sums.was_there;
  change.is_gone = !sums.is_there;
  for (const auto &[key, wait] : sums.places) {
    if (wait.amount() != 0) change.places.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), std::get<3>(key), wait});
  }
  std::ranges::stable_sort(change.places, larger_change);
  return change;
}

bool is_unchanged(const LockChange &lock) {
  return lock.wait.amount() == 0 && lock.contentions.amount() == 0 && lock.max_before_ns == lock.max_after_ns && lock.places.empty();
}

}  // namespace

bool is_per_second(int64_t before_duration_ns, int64_t after_duration_ns, bool is_absolute) {
  return !is_absolute && before_duration_ns > 0 && after_duration_ns > 0;
}

ProfileDiff make_diff(NamedProfile &before, const LockReport &before_report, NamedProfile &after, const LockReport &after_report, bool is_absolute) {
  ProfileDiff diff;
  diff.before_path = before.path();
  diff.after_path = after.path();
  diff.before_program = before_report.program;
  diff.after_program = after_report.program;
  diff.before_duration_ns = before_report.duration_ns;
  diff.after_duration_ns = after_report.duration_ns;
  diff.is_per_second = is_per_second(before_report.duration_ns, after_report.duration_ns, is_absolute);
  const auto factor = [&](int64_t duration_ns) { return diff.is_per_second ? 1e9 / static_cast<double>(duration_ns) : 1.0; };
  const Part first{&Change::before, factor(before_report.duration_ns)}, second{&Change::after, factor(after_report.duration_ns)};

  std::map<std::pair<std::string, std::string>, LockSums> locks;
  add_report(locks, before_report, first, false);
  add_report(locks, after_report, second, true);
  for (auto &[key, sums] : locks) {
    diff.locks.push_back(finish(sums));
    const LockChange &lock = diff.locks.back();
    for (const auto slot : {&Change::before, &Change::after}) {
      diff.wait.*slot += lock.wait.*slot;
      diff.contentions.*slot += lock.contentions.*slot;
    }
  }
  std::ranges::stable_sort(diff.locks, larger_change);

  const auto changes_of = [&](Side side) {
    StackChanges stacks;
    stacks.add(before, side, false, first.factor);
    stacks.add(after, side, true, second.factor);
    return stacks.take();
  };
  for (NamedProfile *profile : {&before, &after}) {  // from now on two threads may read them
    profile->stack_names().name_all();
    profile->lock_names();
  }
  auto holders = in_parallel([&] { return changes_of(Side::kHolder); });
  diff.stacks = changes_of(Side::kWaiter);
  const auto waiters = static_cast<std::ptrdiff_t>(diff.stacks.size());
  std::ranges::move(holders.get(), std::back_inserter(diff.stacks));
  std::inplace_merge(diff.stacks.begin(), diff.stacks.begin() + waiters, diff.stacks.end(), larger_change);
  diff.is_equal = diff.stacks.empty() && std::all_of(diff.locks.begin(), diff.locks.end(), is_unchanged);
  return diff;
}

}  // namespace lockwrap::cli
