// Callers are one frame a function, whatever line they call from; where is waited, or was locked, is a frame a line.
#include "pictures/flame_tree.h"

#include <algorithm>
#include <limits>
#include <set>
#include <string_view>
#include <tuple>

#include "names/lock_names.h"
#include "names/lock_places.h"
#include "names/thread_start.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kMostFrames = 256;  // of a stack; no picture has room for more
constexpr size_t kRecursion = 3;     // so many calls of a function by itself become two frames

bool is_same_function(const StackFrame &left, const StackFrame &right) { return left.function == right.function && left.file == right.file; }

bool is_last(FlameKind kind) { return kind == FlameKind::kNobody || kind == FlameKind::kOther; }

// A node and the whole path of its file, which tells equal ones apart.
struct Ordered {
  FlameNode node;
  const std::string *file;
  bool operator<(const Ordered &other) const {
    const FlameNode &left = node, &right = other.node;
    if (is_last(left.kind) != is_last(right.kind)) return is_last(right.kind);
    if (left.wait_ns != right.wait_ns) return left.wait_ns > right.wait_ns;
    return std::tie(left.name, left.place, left.lock_kind, left.kind, *file) < std::tie(right.name, right.place, right.lock_kind, right.kind, *other.file);
  }
};

}  // namespace

struct FlameBuilder::Key {
  FlameKind kind;
  uint32_t name;  // whole, with the mode
  uint32_t file;  // of a lock: its kind
  uint32_t line;  // 0 for callers
  auto operator<=>(const Key &) const = default;
};

// Small, because a large profile has millions.
struct FlameBuilder::Growing {
  int64_t wait_ns = 0;
  int64_t other_ns = 0;
  std::map<Key, Growing> children;
  std::unique_ptr<std::map<Key, Growing>> holders;   // of waiting places
  std::unique_ptr<std::set<uint64_t>> lock_ids;      // of locks
  uint32_t line = 0;                                 // 0: several
};

std::string ShownFrame::function() const {
  std::string name = frame->function;
  constexpr std::string_view kTag = "[abi:cxx11]";  // says nothing to a reader
  for (size_t at = 0; (at = name.find(kTag, at)) != std::string::npos;) name.erase(at, kTag.size());
  return is_recursing ? name + " recursing" : name;
}

ShownStack shown_stack(const std::vector<StackFrame> &frames) {
  size_t end = frames.size();
  while (end > 1 && is_thread_start(frames[end - 1].function)) --end;
  ShownStack shown;
  for (size_t index = 0; index < end;) {
    size_t run = 1;
    while (index + run < end && is_same_function(frames[index], frames[index + run])) ++run;
    const size_t kept = run < kRecursion ? run : 2;
    for (size_t repeated = 0; repeated < kept; ++repeated) {
      if (shown.frames.size() == kMostFrames) {
        shown.is_cut = true;
        return shown;
      }
      shown.frames.push_back({&frames[index + repeated], kept < run && repeated == 1});
    }
    index += run;
  }
  return shown;
}

std::string mode_suffix(const std::string &mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

FlameBuilder::FlameBuilder(FlameSide side, std::optional<FlameComparison> comparison)
    : side_(side), comparison_(comparison), root_(std::make_unique<Growing>()) {}
FlameBuilder::~FlameBuilder() = default;

uint32_t FlameBuilder::number_of(const std::string &text) {
  const auto [entry, is_new] = numbers_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_.push_back(&entry->first);
  return entry->second;
}

FlameBuilder::Key FlameBuilder::lock_key(const LockStack &stack) {
  return {FlameKind::kLock, comparison_ ? number_of(lock_identity(stack.lock)) : number_of(stack.lock), number_of(stack.kind), 0};
}

FlameBuilder::Growing &FlameBuilder::grow(Growing &parent, bool is_holder, const Key &key, uint32_t line, int64_t wait_ns, Weight weight) {
  if (is_holder && parent.holders == nullptr) parent.holders = std::make_unique<std::map<Key, Growing>>();
  auto [entry, is_new] = (is_holder ? *parent.holders : parent.children).try_emplace(key);
  Growing &child = entry->second;
  const bool has_line_of_shown = weight == Weight::kOther && child.wait_ns > 0;
  if (is_new) child.line = line;
  else if (child.line != line && !has_line_of_shown) child.line = 0;
  int64_t &sum = weight == Weight::kShown ? child.wait_ns : child.other_ns;
  sum = add_saturated(sum, wait_ns);
  return child;
}

// Returns the innermost frame if the outermost comes first, else the frame of where was waited or locked.
FlameBuilder::Growing &FlameBuilder::grow_stack(Growing &from, bool is_holder, FlameKind kind, const ShownStack &stack, const std::string &mode,
                                                bool is_outermost_first, int64_t wait_ns, Weight weight) {
  const Key outer{FlameKind::kOther, number_of("... callers further out"), number_of(""), 0};
  const auto step = [&](Growing &parent, bool is_on_holders, size_t index) -> Growing & {
    const StackFrame &frame = *stack.frames[index].frame;
    const bool is_place = index == 0;
    const std::string function = stack.frames[index].function();
    const auto line = static_cast<uint32_t>(std::clamp<int64_t>(frame.line, 0, std::numeric_limits<uint32_t>::max()));
    const uint32_t file = comparison_ ? number_of(frame.file.substr(frame.file.rfind('/') + 1)) : number_of(frame.file);
    const Key key{kind, number_of(is_place ? function + mode_suffix(mode) : function), file, is_place && !comparison_ ? line : 0};
    return grow(parent, is_on_holders, key, line, wait_ns, weight);
  };
  const size_t count = stack.frames.size();
  Growing *at = &from;
  if (is_outermost_first) {
    if (stack.is_cut) at = &grow(*at, false, outer, 0, wait_ns, weight);
    for (size_t index = count; index-- > 0;) at = &step(*at, false, index);
    return *at;
  }
  at = &step(*at, is_holder, 0);
  Growing &place = *at;
  for (size_t index = 1; index < count; ++index) at = &step(*at, false, index);
  if (stack.is_cut) grow(*at, false, outer, 0, wait_ns, weight);
  return place;
}

void FlameBuilder::note_lock(Growing &lock, uint64_t id) {
  if (lock.lock_ids == nullptr) lock.lock_ids = std::make_unique<std::set<uint64_t>>();
  lock.lock_ids->insert(id);
}

void FlameBuilder::add(const LockStack &stack, Weight weight) {
  if (stack.wait_ns <= 0 || stack.frames.empty()) return;
  int64_t &total = weight == Weight::kShown ? root_->wait_ns : root_->other_ns;
  total = add_saturated(total, stack.wait_ns);
  const FlameKind kind = side_ == FlameSide::kHolder ? FlameKind::kHolder : FlameKind::kWaiter;
  Growing &place = grow_stack(*root_, false, kind, shown_stack(stack.frames), stack.mode, true, stack.wait_ns, weight);
  Growing &lock = grow(place, false, lock_key(stack), 0, stack.wait_ns, weight);
  if (weight == Weight::kShown) note_lock(lock, stack.lock_id);
}

void FlameBuilder::add_waiter(const LockStack &waiter, Weight weight) {
  if (is_place_complete_) place_.clear();
  is_place_complete_ = false;
  if (waiter.wait_ns <= 0 || waiter.frames.empty()) return;
  int64_t &total = weight == Weight::kShown ? root_->wait_ns : root_->other_ns;
  total = add_saturated(total, waiter.wait_ns);
  Growing &lock = grow(*root_, false, lock_key(waiter), 0, waiter.wait_ns, weight);
  if (weight == Weight::kShown) note_lock(lock, waiter.lock_id);
  Growing &place = grow_stack(lock, false, FlameKind::kWaiter, shown_stack(waiter.frames), waiter.mode, false, waiter.wait_ns, weight);
  auto known = std::find_if(place_.begin(), place_.end(), [&](const auto &entry) { return entry.first == &place; });
  if (known == place_.end()) known = place_.insert(place_.end(), {&place, 0});
  known->second = add_saturated(known->second, waiter.wait_ns);
}

void FlameBuilder::add_holder(const LockStack *holder, int64_t wait_ns, Weight weight) {
  is_place_complete_ = true;
  int64_t left_ns = 0;  // waited in places that have got no share yet
  for (const auto &[place, place_ns] : place_) left_ns = add_saturated(left_ns, place_ns);
  for (const auto &[place, place_ns] : place_) {
    const long double share = left_ns > 0 ? static_cast<long double>(place_ns) / static_cast<long double>(left_ns) : 0;
    const int64_t part_ns = std::min(wait_ns, static_cast<int64_t>(static_cast<long double>(wait_ns) * share));
    left_ns -= place_ns;
    wait_ns -= part_ns;
    if (part_ns <= 0) continue;
    if (holder == nullptr) grow(*place, true, {FlameKind::kNobody, number_of("no holder seen"), number_of(""), 0}, 0, part_ns, weight);
    else grow_stack(*place, true, FlameKind::kHolder, shown_stack(holder->frames), holder->mode, false, part_ns, weight);
  }
}

FlameNode FlameBuilder::finished(FlameKind kind, uint32_t name, uint32_t file, const Growing &growing, int64_t least_ns) const {
  FlameNode node;
  node.kind = kind;
  node.name = *texts_[name];
  node.wait_ns = growing.wait_ns;
  node.other_ns = growing.other_ns;
  if (kind == FlameKind::kLock) node.lock_kind = *texts_[file];
  else node.place = short_file_and_line({node.name, *texts_[file], growing.line});
  if (growing.lock_ids != nullptr) node.stands_for = growing.lock_ids->size();
  if (growing.wait_ns < least_ns) return node;
  const auto finish_list = [&](const std::map<Key, Growing> &from, std::vector<FlameNode> &to) {
    std::vector<Ordered> ordered;
    for (const auto &[key, child] : from) ordered.push_back({finished(key.kind, key.name, key.file, child, least_ns), texts_[key.file]});
    std::sort(ordered.begin(), ordered.end());
    for (Ordered &child : ordered) to.push_back(std::move(child.node));
  };
  finish_list(growing.children, node.children);
  if (growing.holders != nullptr) finish_list(*growing.holders, node.holders);
  return node;
}

FlameGraph FlameBuilder::finish(double least_share) {
  const auto least_ns = static_cast<int64_t>(static_cast<double>(root_->wait_ns) * least_share);
  return {side_, comparison_, finished(FlameKind::kAll, number_of("all"), number_of(""), *root_, least_ns)};
}

}  // namespace lockwrap::cli
