// The stacks of a profile merged into a tree: what a flame graph shows, before it is pruned, laid out and drawn.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/lock_stacks.h"

namespace lockwrap::cli {

enum class FlameSide { kWaiter, kHolder, kBoth };

enum class FlameKind {
  kAll,     // the root
  kWaiter,  // a function on a waiter's stack
  kHolder,  // a function on the stack of who held meanwhile
  kLock,
  kNobody,  // no holder was seen
  kOther,   // stands for what is too small, or too far out, to be shown
};

struct FlameNode {
  FlameKind kind = FlameKind::kAll;
  std::string name;        // a function, with " reading" or " writing" where it locks a readers-writer lock; a lock
  std::string place;       // "ledger.cpp:32"; without the line where calls of several lines are one frame; "" when not known
  std::string lock_kind;   // of a lock
  int64_t wait_ns = 0;     // the width
  int64_t other_ns = 0;    // the same in the profile that this one is compared with
  size_t stands_for = 1;   // of a lock: how many locks have this name; of kOther: how many frames it was made of
  std::vector<FlameNode> children;  // the heaviest first, then by name; kNobody and kOther last
  std::vector<FlameNode> holders;   // only of a waiting place in a graph of both sides: who held meanwhile; ordered alike
};

// Two profiles in one graph. The widths are those of one of them; what this one does not have is in the tree, with no width.
struct FlameComparison {
  bool is_older_shown = false;  // the widths are those of the older profile
  double shown_scale = 1;       // what is multiplied with before the two are compared: they may have been watched for unequal times
  double other_scale = 1;
  bool is_per_second = false;   // scaled to a watched second; otherwise these are sums
};

// Of one side the root's children are the outermost callers and the locks are the leaves. Of both sides the root's children are the locks,
// theirs the waiting places, and theirs the callers; below each place (`holders`) stand those who held, and below these their callers.
struct FlameGraph {
  FlameSide side = FlameSide::kBoth;
  std::optional<FlameComparison> comparison;
  FlameNode root;
};

class FlamePaths;

class FlameBuilder {
 public:
  enum class Weight { kShown, kOther };  // kOther: of the profile to be compared with, which is added second

  // A comparison takes a function in a file for one place, and a lock by its lock_identity: lines and folders differ from build to build.
  explicit FlameBuilder(FlameSide side, std::optional<FlameComparison> comparison = std::nullopt);
  ~FlameBuilder();

  // To a graph of one side. Where the frames of a stack come from must outlive this.
  void add(const LockStack &stack, Weight weight = Weight::kShown);

  // To a graph of both, as for_each_blamed_place gives them: waiters of a place, then who made them wait (null: nobody was seen) and how much
  // of it. Where these waiters are several places after all (by the caller of an own std::mutex::lock, say) each gets its share of holders.
  void add_waiter(const LockStack &stack, Weight weight = Weight::kShown);
  void add_holder(const LockStack *holder, int64_t wait_ns, Weight weight = Weight::kShown);

  // Once, at the end. What is below `least_share` of the whole comes without what hangs on it: prune_flame would take that away.
  FlameGraph finish(double least_share = 0);

 private:
  FlameSide side_;
  std::optional<FlameComparison> comparison_;
  std::unique_ptr<FlamePaths> paths_;
  std::vector<std::pair<uint32_t, int64_t>> place_;  // what the waiters of the present place have added, by frame
  bool is_place_complete_ = true;
};

}  // namespace lockwrap::cli
