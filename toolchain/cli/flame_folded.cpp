#include "flame_folded.h"

#include <map>

#include "lock_places.h"

namespace lockwrap::cli {
namespace {

// The format has no escapes: a semicolon or a line end would make two frames or lines of one.
std::string clean(std::string name) {
  for (char &character : name) {
    if (character == ';') character = ':';
    else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) character = '?';
  }
  return name;
}

std::string place_text(const StackFrame &frame, const std::string &mode) {
  const std::string where = short_file_and_line({frame.function, frame.file, frame.line});
  return clean(frame.function + mode_suffix(mode) + (where.empty() ? "" : " " + where));
}

// "main;work;wait_here() a.cpp:5"
std::string outermost_first(const std::vector<StackFrame> &frames, const std::string &mode) {
  const ShownStack shown = shown_stack(frames);
  std::string text = shown.is_cut ? "...;" : "";
  for (size_t index = shown.frames.size(); index-- > 1;) text += clean(shown.frames[index].function) + ";";
  return text + place_text(shown.frames.front(), mode);
}

std::string innermost_first(const std::vector<StackFrame> &frames, const std::string &mode) {
  const ShownStack shown = shown_stack(frames);
  std::string text = place_text(shown.frames.front(), mode);
  for (size_t index = 1; index < shown.frames.size(); ++index) text += ";" + clean(shown.frames[index].function);
  return shown.is_cut ? text + ";..." : text;
}

std::string lines_of(const std::map<std::string, int64_t> &sums) {
  std::string text;
  for (const auto &[stack, wait_ns] : sums) text += stack + " " + std::to_string(wait_ns) + "\n";
  return text;
}

void add(std::map<std::string, int64_t> &sums, const std::string &stack, int64_t wait_ns) {
  int64_t &sum = sums[stack];
  sum = add_saturated(sum, wait_ns);
}

}  // namespace

std::string folded_text(const std::vector<LockStack> &stacks) {
  std::map<std::string, int64_t> sums;
  for (const LockStack &stack : stacks) {
    if (stack.wait_ns > 0) add(sums, outermost_first(stack.frames, stack.mode) + ";[" + clean(stack.lock) + "]", stack.wait_ns);
  }
  return lines_of(sums);
}

std::string folded_text(const std::vector<BlamedStack> &stacks) {
  std::map<std::string, int64_t> sums;
  for (const BlamedStack &stack : stacks) {
    if (stack.wait_ns <= 0) continue;
    const std::string holder = stack.holder.empty() ? "[no holder seen]" : innermost_first(stack.holder, stack.holder_mode);
    add(sums, outermost_first(stack.waiter.frames, stack.waiter.mode) + ";[" + clean(stack.waiter.lock) + "];" + holder, stack.wait_ns);
  }
  return lines_of(sums);
}

}  // namespace lockwrap::cli
