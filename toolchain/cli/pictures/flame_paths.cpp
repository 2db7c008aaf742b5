#include "pictures/flame_paths.h"

#include <algorithm>
#include <limits>

#include "names/lock_names.h"

namespace lockwrap::cli {
namespace {

constexpr uint8_t kModes = 3;
constexpr size_t kForms = 16;  // of a frame: waiter or holder, recursing, and of a place one of the modes
constexpr uint32_t kNoStep = UINT32_MAX;

uint8_t mode_number(std::string_view mode) { return mode == "read" ? 1 : mode == "write" ? 2 : 0; }

constexpr const char *kModeNames[kModes] = {"", "read", "write"};

FlamePath path_of(const LockStack &stack, FlameKind kind) {
  FlamePath path;
  path.source = stack.source;
  path.number = static_cast<uint32_t>(stack.number);
  path.kind = kind;
  path.mode = mode_number(stack.mode);
  return path;
}

}  // namespace

uint32_t FlamePaths::number_of(std::string_view text) {
  const auto known = numbers_.find(text);
  if (known != numbers_.end()) return known->second;
  const auto entry = numbers_.emplace(text, static_cast<uint32_t>(texts_.size())).first;
  texts_.push_back(&entry->first);
  return entry->second;
}

uint32_t FlamePaths::step_of(const WholeStep &step) {
  const auto [entry, is_new] = known_steps_.try_emplace(step, static_cast<uint32_t>(steps_.size()));
  if (!is_new) return entry->second;
  const auto [key, is_new_key] = known_keys_.try_emplace(step.key, static_cast<uint32_t>(keys_.size()));
  if (is_new_key) keys_.push_back(step.key);
  steps_.push_back({key->second, step.line});
  return entry->second;
}

uint32_t FlamePaths::step_of_lock(const LockStack &stack) {
  const uint32_t name = is_comparison_ ? number_of(lock_identity(std::string(stack.lock))) : number_of(stack.lock);
  return step_of({{FlameKind::kLock, name, number_of(stack.kind), 0}, 0, stack.lock_id});
}

uint32_t FlamePaths::step_of_frame(const FlamePath &path, const ShownFrame &shown, bool is_place) {
  const StackFrame &frame = *shown.frame;
  const size_t form = (path.kind == FlameKind::kHolder ? 8 : 0) + (shown.is_recursing ? 4 : 0) + (is_place ? 1 + path.mode : 0);
  std::vector<uint32_t> &known = steps_of_frames_[path.is_other];
  const size_t index = frame.number * kForms + form;
  if (index >= known.size()) known.resize(std::max(index + kForms, known.size() * 2), kNoStep);
  if (known[index] != kNoStep) return known[index];
  const std::string function = shown.function();
  const auto line = static_cast<uint32_t>(std::clamp<int64_t>(frame.line, 0, std::numeric_limits<uint32_t>::max()));
  const uint32_t file = number_of(is_comparison_ ? std::string_view(frame.file).substr(frame.file.rfind('/') + 1) : frame.file);
  const uint32_t name = number_of(is_place ? function + mode_suffix(kModeNames[path.mode]) : function);
  return known[index] = step_of({{path.kind, name, file, is_place && !is_comparison_ ? line : 0}, line, 0});
}

uint32_t FlamePaths::add(const LockStack &stack, bool is_other) {
  FlamePath path = path_of(stack, side_ == FlameSide::kHolder ? FlameKind::kHolder : FlameKind::kWaiter);
  (is_other ? path.other_ns : path.shown_ns) = stack.wait_ns;
  path.lock = step_of_lock(stack);
  path.is_other = is_other;
  paths_.push_back(path);
  if (side_ != FlameSide::kBoth) return 0;
  stack.read_frames(frames_, 1);
  const uint32_t frame = step_of_frame(path, {frames_.front(), false}, true);
  return places_.try_emplace({steps_[path.lock].key, steps_[frame].key}, static_cast<uint32_t>(places_.size() + 1)).first->second;
}

void FlamePaths::add_holder(const LockStack *holder, uint32_t place, int64_t wait_ns, bool is_other) {
  FlamePath path = holder != nullptr ? path_of(*holder, FlameKind::kHolder) : FlamePath();
  (is_other ? path.other_ns : path.shown_ns) = wait_ns;
  path.place = place;
  path.is_other = is_other;
  paths_.push_back(path);
}

std::vector<FlamePath> FlamePaths::take() {
  std::ranges::sort(paths_, {}, &FlamePath::place);
  return std::move(paths_);
}

// At least `wanted` of them, if there are so many.
void FlamePaths::make_steps(const FlamePath &path, size_t wanted) {
  present_.clear();
  if (path.source == nullptr) {
    present_.push_back(step_of_word(FlameKind::kNobody, "no holder seen"));
    return;
  }
  const bool is_outermost_first = side_ != FlameSide::kBoth;
  const bool is_part = shown_part(*path.source, path.number, wanted, is_outermost_first ? StackSource::From::kOutermost : StackSource::From::kInnermost, frames_, shown_);
  const auto add_cut = [&] {
    if (shown_.is_cut) present_.push_back(step_of_word(FlameKind::kOther, "... callers further out"));
  };
  const auto add_frame = [&](size_t index) { present_.push_back(step_of_frame(path, shown_.frames[index], index == 0 && !(is_part && is_outermost_first))); };
  if (is_outermost_first) {
    add_cut();
    for (size_t index = shown_.frames.size(); index-- > 0;) add_frame(index);
    if (!is_part) present_.push_back(path.lock);
    return;
  }
  if (path.place == 0) present_.push_back(path.lock);
  for (size_t index = 0; index < shown_.frames.size(); ++index) add_frame(index);
  add_cut();
}

void FlamePaths::read_steps(const FlamePath &path, size_t first, size_t count, uint32_t *into) {
  make_steps(path, first + count);
  for (size_t index = 0; index < count; ++index) into[index] = first + index < present_.size() ? present_[first + index] : kEnd;
}

}  // namespace lockwrap::cli
