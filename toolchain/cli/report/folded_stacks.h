// Folded stacks: one line a stack, "outermost;...;innermost;[lock] 1200", as flamegraph.pl, inferno and speedscope read them. The number is the
// time waited in nanoseconds. Functions carry no lines but where is waited or was locked.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "report/equal_lines.h"
#include "report/lock_stacks.h"
#include "report/shown_stack.h"

namespace lockwrap::cli {

class FoldedStacks {
 public:
  FoldedStacks() : lines_([this](const StackLine &line, Words &words) { spell(line, words); }) {}
  FoldedStacks(const FoldedStacks &) = delete;
  FoldedStacks &operator=(const FoldedStacks &) = delete;

  // One side. Of holders: who made others wait, down to where the lock was taken. Where the frames come from must outlive this.
  void add(const LockStack &stack);

  // Both, as for_each_blamed_place gives them: after the lock comes who held it, where it was taken, then its callers; or [no holder seen].
  // Each waiter's stack comes with each holder's, in proportion.
  void add_waiter(const LockStack &stack);
  void add_holder(const LockStack *holder, int64_t wait_ns);

  // Equal lines as one, the heaviest first, among equally heavy ones the first that was given. Once, at the end.
  void write(const std::function<void(std::string_view)> &out);

 private:
  static constexpr uint32_t kNone = UINT32_MAX;         // of a line: no holder is asked for
  static constexpr uint32_t kNobody = UINT32_MAX - 1;   // none was seen
  struct Charge {
    uint32_t stack;
    int64_t wait_ns;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  uint32_t keep(const LockStack &stack);
  void join_place();
  uint32_t word_of(std::string_view text);
  uint32_t word_of_frame(const ShownFrame &frame, bool is_place, std::string_view mode);
  void add_frames(const LockStack &stack, bool is_outermost_first, Words &words);
  void spell(const StackLine &line, Words &words);

  std::vector<LockStack> stacks_;
  EqualLines<StackLine> lines_;
  std::vector<Charge> waiters_, holders_;             // of the present place
  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> word_numbers_;
  std::vector<std::string> words_;         // by number, with the semicolon behind
  std::vector<uint32_t> words_of_frames_;  // by the frame's number and its form
  FrameList frames_;
  ShownStack shown_;
};

}  // namespace lockwrap::cli
