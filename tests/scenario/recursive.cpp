// recursive: a hold of three levels is one hold; its outermost call is to blame for it, once.
#include <optional>

#include "scenario.h"

static std::recursive_mutex tree;
static std::optional<WaitingThread> waiter;

NOINLINE static void visit_leaf() {
  const std::lock_guard guard(tree);
  pass_ms(5);
}

NOINLINE static void visit_branch() {
  const std::lock_guard guard(tree);
  waiter.emplace([] { const std::lock_guard guard(tree); });
  visit_leaf();
  pass_ms(2);
}

NOINLINE static void visit_tree() {
  const std::lock_guard guard(tree);
  visit_branch();
  pass_ms(2);
}

int main() {
  for (int round = 0; round < 10; ++round) {
    visit_tree();
    waiter.reset();
  }
}
