// The stacks of a profile as pictures and exports want them: names instead of addresses, the lock in its place, a weight.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "names/named_profile.h"

namespace lockwrap::cli {

struct StackFrame {
  std::string function;  // short, as a report shows it
  std::string file;      // full path; "" without debug information
  int64_t line = 0;
  auto operator<=>(const StackFrame &) const = default;
};

// One sample: who waited, or who held.
struct LockStack {
  Side side = Side::kWaiter;
  uint64_t lock_id = 0;
  std::string lock;  // as lock_names.h names it
  std::string kind;
  std::string mode;  // "read", "write" or ""
  uint64_t site = 0;
  uint64_t waiter_site = 0;
  // Innermost first, inlined ones count; without the functions that only carry the call (std::mutex::lock). The first is where the lock was
  // waited for, or taken. Never empty.
  std::vector<StackFrame> frames;
  int64_t wait_ns = 0;
  int64_t contentions = 0;
};

// All of one side, the heaviest first; none of no weight.
std::vector<LockStack> stacks_of(NamedProfile &profile, Side side);

// The same one after the other, in the order of the file: a large profile does not have room for all of them at once. What `see` is given is
// gone when it returns.
void for_each_stack(NamedProfile &profile, Side side, const std::function<void(const LockStack &)> &see);

// What waiters of one place waited because of one holder. A profile says of pairs of places how much the one delayed the other, and of
// each place in which stacks; the stacks of both are joined in proportion. What no holder is charged with stays without one.
struct BlamedStack {
  LockStack waiter;
  std::vector<StackFrame> holder;  // innermost first; empty: no holder was seen
  std::string holder_mode;
  int64_t wait_ns = 0;
};
std::vector<BlamedStack> blamed_stacks_of(NamedProfile &profile);

// The same before it is joined, for large profiles, where each waiter's stack with each holder's would be too much: place by place all
// waiters, then everybody who made them wait, with what is charged to it of what they waited together; null for the rest that nobody is
// charged with. A waiter after a holder begins the next place.
void for_each_blamed_place(NamedProfile &profile, const std::function<void(const LockStack &)> &see_waiter,
                           const std::function<void(const LockStack *holder, int64_t wait_ns)> &see_holder);

}  // namespace lockwrap::cli
