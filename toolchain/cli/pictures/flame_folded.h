// Folded stacks: one line a stack, "outermost;...;innermost;[lock] 1200", as flamegraph.pl, inferno and speedscope read them. The number is the
// time waited in nanoseconds. Functions carry no lines but where is waited or was locked.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "pictures/flame_tree.h"

namespace lockwrap::cli {

class FoldedStacks {
 public:
  // One side. Of holders: who made others wait, down to where the lock was taken.
  void add(const LockStack &stack);

  // Both, as for_each_blamed_place gives them: after the lock comes who held it, where it was taken, then its callers; or [no holder seen].
  void add_waiter(const LockStack &stack);
  void add_holder(const LockStack *holder, int64_t wait_ns);

  // Sorted lines, equal stacks together. Once, at the end.
  std::string text();

 private:
  using Sums = std::map<std::string, int64_t>;
  void join_place();

  Sums sums_, waiters_, holders_;
};

}  // namespace lockwrap::cli
