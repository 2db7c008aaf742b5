// The stacks of a profile for what is made of them: FlameBuilder, FoldedStacks, or whatever has their functions.
#pragma once

#include <string>

#include "pictures/flame_tree.h"

namespace lockwrap::cli {

// "waiter", "holder" or "both", as --side has it.
inline FlameSide flame_side_of(const std::string &name) {
  return name == "both" ? FlameSide::kBoth : name == "waiter" ? FlameSide::kWaiter : FlameSide::kHolder;
}

// Gives `result` all stacks of that side, or both: add(stack), or add_waiter(stack) and add_holder(stack or null, wait_ns). Only those of
// `lock`, a name that a report shows, unless it is "".
template <typename Result>
void give_stacks(NamedProfile &profile, FlameSide side, const std::string &lock, Result &result) {
  const auto is_chosen = [&](const LockStack &stack) { return lock.empty() || stack.lock == lock; };
  if (side != FlameSide::kBoth) {
    for_each_stack(profile, side == FlameSide::kWaiter ? Side::kWaiter : Side::kHolder, [&](const LockStack &stack) {
      if (is_chosen(stack)) result.add(stack);
    });
    return;
  }
  bool is_place_chosen = false;
  for_each_blamed_place(
      profile,
      [&](const LockStack &waiter) {
        is_place_chosen = is_chosen(waiter);
        if (is_place_chosen) result.add_waiter(waiter);
      },
      [&](const LockStack *holder, int64_t wait_ns) {
        if (is_place_chosen) result.add_holder(holder, wait_ns);
      });
}

}  // namespace lockwrap::cli
