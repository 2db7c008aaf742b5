// Stacks for tests of flame graphs.
#pragma once

#include "pictures/flame_tree.h"

namespace lockwrap::test {

// Innermost first, all in /src/file.cpp, line 1.
inline std::vector<cli::StackFrame> frames_of(const std::vector<std::string> &functions) {
  std::vector<cli::StackFrame> frames;
  for (const std::string &function : functions) frames.push_back({function, "/src/file.cpp", 1});
  return frames;
}

inline cli::LockStack waiting(const std::string &lock, const std::vector<std::string> &functions, int64_t wait_ns) {
  cli::LockStack stack;
  stack.lock = lock;
  stack.lock_id = std::hash<std::string>()(lock);
  stack.kind = "mutex";
  stack.frames = frames_of(functions);
  stack.wait_ns = wait_ns;
  return stack;
}

inline cli::BlamedStack blamed(const cli::LockStack &waiter, const std::vector<std::string> &holder, int64_t wait_ns) {
  return {waiter, frames_of(holder), "", wait_ns};
}

// ledger 3000: reserve() 2000 from work_a() and work_b(), held by save() 800 and nobody 1200; settle() 1000, held by load().
// queue 1000: pop() 1000, held by load() 600 and save() 400.
inline std::vector<cli::BlamedStack> two_sided_stacks() {
  return {blamed(waiting("ledger", {"reserve()", "work_a()", "main"}, 0), {"save()", "main"}, 600),
          blamed(waiting("ledger", {"reserve()", "work_a()", "main"}, 0), {}, 900),
          blamed(waiting("ledger", {"reserve()", "work_b()", "main"}, 0), {"save()", "main"}, 200),
          blamed(waiting("ledger", {"reserve()", "work_b()", "main"}, 0), {}, 300),
          blamed(waiting("ledger", {"settle()", "work_a()", "main"}, 0), {"load()", "main"}, 1000),
          blamed(waiting("queue", {"pop()", "main"}, 0), {"load()", "main"}, 600),
          blamed(waiting("queue", {"pop()", "main"}, 0), {"save()", "main"}, 400)};
}

// A waiter with its one holder, or with nobody.
inline void add(cli::FlameBuilder &builder, const cli::BlamedStack &stack) {
  cli::LockStack waiter = stack.waiter, holder;
  waiter.wait_ns = stack.wait_ns;
  holder.frames = stack.holder;
  builder.add_waiter(waiter);
  builder.add_holder(stack.holder.empty() ? nullptr : &holder, stack.wait_ns);
}

inline cli::FlameGraph two_sided_graph() {
  cli::FlameBuilder builder(cli::FlameSide::kBoth);
  for (const cli::BlamedStack &stack : two_sided_stacks()) add(builder, stack);
  return builder.finish();
}

}  // namespace lockwrap::test
