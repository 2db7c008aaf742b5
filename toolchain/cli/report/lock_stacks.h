// The stacks of a profile as pictures and exports want them: names instead of addresses, the lock in its place, a weight.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "names/named_profile.h"
#include "names/stack_names.h"

namespace lockwrap::cli {

// Who waited, or who held. It is small, and its texts and frames are the profile's: it stays valid as long as that does.
struct LockStack {
  Side side = Side::kWaiter;
  uint64_t lock_id = 0;
  std::string_view lock;  // as lock_names.h names it
  std::string_view kind;
  std::string_view mode;  // "read", "write" or ""
  int64_t wait_ns = 0;
  int64_t contentions = 0;
  StackSource *source = nullptr;
  size_t number = 0;  // in the source

  // Innermost first, inlined ones count. The first is where the lock was waited for, or taken. Never empty.
  void read_frames(FrameList &into, size_t enough = StackSource::kAll) const { source->read_stack(number, into, enough); }
};

// All of one side, the heaviest first; none of no weight. Equal ones are one, but for holders whom several places waited for.
std::vector<LockStack> stacks_of(NamedProfile &profile, Side side);

// The same one after the other, in the order of the file.
void for_each_stack(NamedProfile &profile, Side side, const std::function<void(const LockStack &)> &see);

// What waiters of one place waited because of whom. A profile says of pairs of places how much the one delayed the other, and of each place in
// which stacks; who wants the stacks of both joins them in proportion. Place by place all waiters, then everybody who made them wait, with what is
// charged to it of what they waited together; null for the rest that nobody is charged with. A waiter after a holder begins the next place.
void for_each_blamed_place(NamedProfile &profile, const std::function<void(const LockStack &)> &see_waiter,
                           const std::function<void(const LockStack *holder, int64_t wait_ns)> &see_holder);

}  // namespace lockwrap::cli
