#include "report/folded_stacks.h"

#include <algorithm>

#include "base/long_work.h"
#include "names/lock_places.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kForms = 8;  // of a frame: recursing or not; a caller, or a place, reading or writing
constexpr size_t kBufferBytes = 1 << 16;

// The format has no escapes: a semicolon or a line end would make two frames or lines of one.
std::string clean(std::string name) {
  for (char &character : name) {
    if (character == ';') character = ':';
    else if (static_cast<unsigned char>(character) < 0x20 || character == 0x7F) character = '?';
  }
  return name;
}

// `amount` * part / whole without overflow; whole > 0.
int64_t part_of(int64_t amount, int64_t part, long double whole) {
  return static_cast<int64_t>(static_cast<long double>(amount) * (static_cast<long double>(part) / whole));
}

}  // namespace

uint32_t FoldedStacks::keep(const LockStack &stack) {
  stacks_.push_back(stack);
  return static_cast<uint32_t>(stacks_.size() - 1);
}

uint32_t FoldedStacks::word_of(std::string_view text) {
  const auto known = word_numbers_.find(text);
  if (known != word_numbers_.end()) return known->second;
  const auto entry = word_numbers_.emplace(text, static_cast<uint32_t>(words_.size())).first;
  words_.push_back(entry->first + ";");
  return entry->second;
}

uint32_t FoldedStacks::word_of_frame(const ShownFrame &shown, bool is_place, std::string_view mode) {
  const size_t form = (shown.is_recursing ? 4 : 0) + (!is_place ? 0 : mode == "read" ? 2 : mode == "write" ? 3 : 1);
  const size_t index = shown.frame->number * kForms + form;
  if (index >= words_of_frames_.size()) words_of_frames_.resize(std::max(index + kForms, words_of_frames_.size() * 2), kNone);
  if (words_of_frames_[index] != kNone) return words_of_frames_[index];
  std::string text = shown.function();
  if (is_place) {
    const std::string where = short_file_and_line({shown.frame->function, shown.frame->file, shown.frame->line});
    text += mode_suffix(mode) + (where.empty() ? "" : " " + where);
  }
  return words_of_frames_[index] = word_of(clean(text));
}

void FoldedStacks::add_frames(const LockStack &stack, bool is_outermost_first, Words &words) {
  stack.read_frames(frames_);
  shown_stack(frames_, shown_);
  if (shown_.is_cut && is_outermost_first) words.push_back(word_of("..."));
  for (size_t index = 0; index < shown_.frames.size(); ++index) {
    const size_t at = is_outermost_first ? shown_.frames.size() - 1 - index : index;
    words.push_back(word_of_frame(shown_.frames[at], at == 0, stack.mode));
  }
  if (shown_.is_cut && !is_outermost_first) words.push_back(word_of("..."));
}

void FoldedStacks::spell(const StackLine &line, Words &words) {
  const LockStack &stack = stacks_[line.stack];
  add_frames(stack, true, words);
  words.push_back(word_of("[" + clean(std::string(stack.lock)) + "]"));
  if (line.holder == kNobody) words.push_back(word_of("[no holder seen]"));
  else if (line.holder != kNone) add_frames(stacks_[line.holder], false, words);
}

void FoldedStacks::add(const LockStack &stack) {
  if (stack.wait_ns > 0) lines_.add({keep(stack), kNone, stack.wait_ns, 0});
}

void FoldedStacks::add_waiter(const LockStack &stack) {
  if (!holders_.empty()) join_place();
  if (stack.wait_ns > 0) waiters_.push_back({keep(stack), stack.wait_ns});
}

void FoldedStacks::add_holder(const LockStack *holder, int64_t wait_ns) {
  if (wait_ns > 0) holders_.push_back({holder == nullptr ? kNobody : keep(*holder), wait_ns});
}

// Each waiter's stack with each holder's in proportion; what rounding leaves goes to the last, so that all of it is there.
void FoldedStacks::join_place() {
  long double place_ns = 0;
  for (const Charge &waiter : waiters_) place_ns += static_cast<long double>(waiter.wait_ns);
  for (const Charge &waiter : waiters_) {
    int64_t left_ns = waiter.wait_ns;
    for (const Charge &holder : holders_) {
      const bool is_last = &holder == &holders_.back();
      const int64_t amount_ns = is_last ? left_ns : std::min(left_ns, part_of(waiter.wait_ns, holder.wait_ns, place_ns));
      if (amount_ns > 0) lines_.add({waiter.stack, holder.stack, amount_ns, 0});
      left_ns -= amount_ns;
    }
  }
  waiters_.clear();
  holders_.clear();
}

void FoldedStacks::write(const std::function<void(std::string_view)> &out) {
  join_place();
  std::vector<StackLine> lines = lines_.take();
  heaviest_first(lines);
  Words words;
  std::string buffer;
  buffer.reserve(2 * kBufferBytes);
  LongWork work("wrote", lines.size(), " lines");
  for (const StackLine &line : lines) {
    work.step();
    lines_.spell(line, words);
    for (const uint32_t word : words) buffer += words_[word];
    buffer.back() = ' ';
    (buffer += std::to_string(line.wait_ns)) += '\n';
    if (buffer.size() < kBufferBytes) continue;
    out(buffer);
    buffer.clear();
  }
  out(buffer);
}

}  // namespace lockwrap::cli
