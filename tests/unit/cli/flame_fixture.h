// Stacks for tests of flame graphs.
#pragma once

#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "pictures/flame_tree.h"

namespace lockwrap::test {

// Stacks without a profile; what was put in stays until the end.
class FixtureStacks : public cli::StackSource {
 public:
  static FixtureStacks &all() {
    static FixtureStacks stacks;
    return stacks;
  }

  // Innermost first.
  cli::FrameList frames_of(const std::vector<std::string> &functions, const std::string &file = "/src/file.cpp", int64_t line = 1) {
    cli::FrameList frames;
    for (const std::string &function : functions) frames.push_back(pool_.keep(function, file, line));
    return frames;
  }
  size_t add(cli::FrameList frames) {
    stacks_.push_back(std::move(frames));
    return stacks_.size() - 1;
  }
  std::string_view text(const std::string &text) { return *texts_.insert(text).first; }

  bool read_stack(size_t number, cli::FrameList &into, size_t enough, From from) override {
    const cli::FrameList &stack = stacks_[number];
    const size_t count = std::min(enough, stack.size());
    const auto first = from == From::kOutermost ? stack.end() - static_cast<std::ptrdiff_t>(count) : stack.begin();
    into.assign(first, first + static_cast<std::ptrdiff_t>(count));
    return count == stack.size();
  }
  size_t most_frames(size_t number) override { return stacks_[number].size(); }

 private:
  cli::FramePool pool_;
  std::deque<cli::FrameList> stacks_;
  std::set<std::string> texts_;
};

// Innermost first, all in /src/file.cpp, line 1.
inline cli::FrameList frames_of(const std::vector<std::string> &functions) { return FixtureStacks::all().frames_of(functions); }

inline cli::LockStack stack_with(const cli::FrameList &frames) {
  cli::LockStack stack;
  stack.source = &FixtureStacks::all();
  stack.number = FixtureStacks::all().add(frames);
  return stack;
}

inline cli::LockStack waiting(const std::string &lock, const std::vector<std::string> &functions, int64_t wait_ns) {
  cli::LockStack stack = stack_with(frames_of(functions));
  stack.lock = FixtureStacks::all().text(lock);
  stack.lock_id = std::hash<std::string>()(lock);
  stack.kind = "mutex";
  stack.wait_ns = wait_ns;
  return stack;
}

// A waiter with its one holder; no frames: with nobody.
struct Blamed {
  cli::LockStack waiter;
  cli::FrameList holder;
  int64_t wait_ns = 0;
};

inline Blamed blamed(const cli::LockStack &waiter, const std::vector<std::string> &holder, int64_t wait_ns) {
  return {waiter, frames_of(holder), wait_ns};
}

// ledger 3000: reserve() 2000 from work_a() and work_b(), held by save() 800 and nobody 1200; settle() 1000, held by load().
// queue 1000: pop() 1000, held by load() 600 and save() 400.
inline std::vector<Blamed> two_sided_stacks() {
  return {blamed(waiting("ledger", {"reserve()", "work_a()", "main"}, 0), {"save()", "main"}, 600),
          blamed(waiting("ledger", {"reserve()", "work_a()", "main"}, 0), {}, 900),
          blamed(waiting("ledger", {"reserve()", "work_b()", "main"}, 0), {"save()", "main"}, 200),
          blamed(waiting("ledger", {"reserve()", "work_b()", "main"}, 0), {}, 300),
          blamed(waiting("ledger", {"settle()", "work_a()", "main"}, 0), {"load()", "main"}, 1000),
          blamed(waiting("queue", {"pop()", "main"}, 0), {"load()", "main"}, 600),
          blamed(waiting("queue", {"pop()", "main"}, 0), {"save()", "main"}, 400)};
}

inline void add(cli::FlameBuilder &builder, const Blamed &stack, cli::FlameBuilder::Weight weight = cli::FlameBuilder::Weight::kShown) {
  cli::LockStack waiter = stack.waiter;
  waiter.wait_ns = stack.wait_ns;
  builder.add_waiter(waiter, weight);
  if (stack.holder.empty()) return builder.add_holder(nullptr, stack.wait_ns, weight);
  const cli::LockStack holder = stack_with(stack.holder);
  builder.add_holder(&holder, stack.wait_ns, weight);
}

inline cli::FlameGraph two_sided_graph() {
  cli::FlameBuilder builder(cli::FlameSide::kBoth);
  for (const Blamed &stack : two_sided_stacks()) add(builder, stack);
  return builder.finish();
}

}  // namespace lockwrap::test
