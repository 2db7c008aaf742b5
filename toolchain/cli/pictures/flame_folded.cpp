#include "pictures/flame_folded.h"

#include <algorithm>

#include "names/lock_places.h"

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

std::string place_text(const ShownFrame &shown, const std::string &mode) {
  const std::string where = short_file_and_line({shown.frame->function, shown.frame->file, shown.frame->line});
  return clean(shown.function() + mode_suffix(mode) + (where.empty() ? "" : " " + where));
}

// "main;work;wait_here() a.cpp:5"
std::string outermost_first(const std::vector<StackFrame> &frames, const std::string &mode) {
  const ShownStack shown = shown_stack(frames);
  std::string text = shown.is_cut ? "...;" : "";
  for (size_t index = shown.frames.size(); index-- > 1;) text += clean(shown.frames[index].function()) + ";";
  return text + place_text(shown.frames.front(), mode);
}

std::string innermost_first(const std::vector<StackFrame> &frames, const std::string &mode) {
  const ShownStack shown = shown_stack(frames);
  std::string text = place_text(shown.frames.front(), mode);
  for (size_t index = 1; index < shown.frames.size(); ++index) text += ";" + clean(shown.frames[index].function());
  return shown.is_cut ? text + ";..." : text;
}

void add_to(std::map<std::string, int64_t> &sums, const std::string &stack, int64_t wait_ns) {
  if (wait_ns <= 0) return;
  int64_t &sum = sums[stack];
  sum = add_saturated(sum, wait_ns);
}

}  // namespace

void FoldedStacks::add(const LockStack &stack) {
  add_to(sums_, outermost_first(stack.frames, stack.mode) + ";[" + clean(stack.lock) + "]", stack.wait_ns);
}

void FoldedStacks::add_waiter(const LockStack &stack) {
  if (!holders_.empty()) join_place();
  add_to(waiters_, outermost_first(stack.frames, stack.mode) + ";[" + clean(stack.lock) + "]", stack.wait_ns);
}

void FoldedStacks::add_holder(const LockStack *holder, int64_t wait_ns) {
  add_to(holders_, holder == nullptr ? "[no holder seen]" : innermost_first(holder->frames, holder->mode), wait_ns);
}

// Each waiter's stack with each holder's in proportion; what rounding leaves goes to the last, so that all of it is there.
void FoldedStacks::join_place() {
  long double place_ns = 0;
  for (const auto &[waiter, wait_ns] : waiters_) place_ns += static_cast<long double>(wait_ns);
  for (const auto &[waiter, wait_ns] : waiters_) {
    int64_t left_ns = wait_ns;
    for (const auto &[holder, charged_ns] : holders_) {
      const bool is_last = holder == holders_.rbegin()->first;
      const auto part_ns = static_cast<int64_t>(static_cast<long double>(wait_ns) * (static_cast<long double>(charged_ns) / place_ns));
      const int64_t amount_ns = is_last ? left_ns : std::min(left_ns, part_ns);
      add_to(sums_, waiter + ";" + holder, amount_ns);
      left_ns -= amount_ns;
    }
  }
  waiters_.clear();
  holders_.clear();
}

std::string FoldedStacks::text() {
  join_place();
  std::string text;
  for (const auto &[stack, wait_ns] : sums_) text += stack + " " + std::to_string(wait_ns) + "\n";
  return text;
}

}  // namespace lockwrap::cli
