#include "report/stack_change.h"

#include <algorithm>

#include "names/lock_names.h"

namespace lockwrap::cli {

std::string StackChange::lock() const { return lock_identity(std::string(stack.lock)); }

std::vector<std::string_view> StackChange::functions() const {
  FrameList frames;
  stack.read_frames(frames);
  std::vector<std::string_view> functions;
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) functions.push_back((*frame)->function);
  return functions;
}

void StackChanges::add(NamedProfile &profile, Side side, bool is_after, double factor) {
  for (const LockStack &stack : stacks_of(profile, side)) {
    StackChange line{stack, is_after, {}};
    (is_after ? line.wait.after : line.wait.before) = static_cast<double>(stack.wait_ns) * factor;
    lines_.add(line);
  }
}

std::vector<StackChange> StackChanges::take() {
  std::vector<StackChange> changes = lines_.take();
  std::erase_if(changes, [](const StackChange &change) { return change.wait.amount() == 0; });
  std::ranges::stable_sort(changes, larger_change);
  return changes;
}

void StackChanges::spell(const StackChange &line, Words &words) {
  const auto [lock, is_new] = locks_.try_emplace(line.stack.lock.data());
  if (is_new) lock->second = word_of(line.lock());
  words.push_back(lock->second);
  line.stack.read_frames(frames_);
  std::vector<uint32_t> &functions = functions_[line.is_of_after ? 1 : 0];
  for (const StackFrame *frame : frames_) {
    if (frame->function_number >= functions.size()) functions.resize(std::max<size_t>(frame->function_number + 1, functions.size() * 2));
    uint32_t &function = functions[frame->function_number];
    if (function == 0) function = word_of(frame->function) + 1;
    words.push_back(function - 1);
  }
}

}  // namespace lockwrap::cli
