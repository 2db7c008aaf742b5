// Callers are one frame a function, whatever line they call from; where is waited, or was locked, is a frame a line.
#include "flame_tree.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>

#include "lock_places.h"
#include "thread_start.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kMostFrames = 256;  // of a stack; no picture has room for more
constexpr size_t kRecursion = 3;     // so many calls of a function by itself become two frames

bool is_same_function(const StackFrame &left, const StackFrame &right) { return left.function == right.function && left.file == right.file; }

bool is_last(FlameKind kind) { return kind == FlameKind::kNobody || kind == FlameKind::kOther; }

bool comes_first(const FlameNode &left, const FlameNode &right) {
  if (is_last(left.kind) != is_last(right.kind)) return is_last(right.kind);
  if (left.wait_ns != right.wait_ns) return left.wait_ns > right.wait_ns;
  return std::tie(left.name, left.place, left.lock_kind, left.kind) < std::tie(right.name, right.place, right.lock_kind, right.kind);
}

}  // namespace

// `line` is 0 for callers. `name` is whole, with the mode.
struct FlameBuilder::Key {
  FlameKind kind;
  std::string name;
  std::string file;  // of a lock: its kind
  int64_t line;
  int64_t caller_line;  // not compared
  bool operator<(const Key &other) const {
    return std::tie(kind, name, file, line) < std::tie(other.kind, other.name, other.file, other.line);
  }
};

struct FlameBuilder::Growing {
  FlameNode node;
  std::string file;
  int64_t line = 0;
  std::set<uint64_t> lock_ids;
  std::map<Key, Growing> children;
  std::map<Key, Growing> holders;
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

FlameBuilder::FlameBuilder(FlameSide side) : side_(side), root_(std::make_unique<Growing>()) {}
FlameBuilder::~FlameBuilder() = default;

FlameBuilder::Growing &FlameBuilder::grow(Growing &parent, bool is_holder, Key key, int64_t wait_ns, Weight weight) {
  auto [entry, is_new] = (is_holder ? parent.holders : parent.children).try_emplace(key);
  Growing &child = entry->second;
  if (is_new) {
    child.node.kind = key.kind;
    child.node.name = key.name;
    if (key.kind == FlameKind::kLock) child.node.lock_kind = key.file;
    else child.file = key.file;
    child.line = key.caller_line;
  } else if (child.line != key.caller_line) {
    child.line = 0;
  }
  int64_t &sum = weight == Weight::kNow ? child.node.wait_ns : child.node.before_ns;
  sum = add_saturated(sum, wait_ns);
  return child;
}

// Returns the innermost frame if the outermost comes first, else the frame of where was waited or locked.
FlameBuilder::Growing &FlameBuilder::grow_stack(Growing &from, bool is_holder, FlameKind kind, const ShownStack &stack, const std::string &mode,
                                                bool is_outermost_first, int64_t wait_ns, Weight weight) {
  const Key outer{FlameKind::kOther, "... callers further out", "", 0, 0};
  const auto key_of = [&](size_t index) {
    const StackFrame &frame = *stack.frames[index].frame;
    const bool is_place = index == 0;
    const std::string function = stack.frames[index].function();
    return Key{kind, is_place ? function + mode_suffix(mode) : function, frame.file, is_place ? frame.line : 0, frame.line};
  };
  const size_t count = stack.frames.size();
  Growing *at = &from;
  if (is_outermost_first) {
    if (stack.is_cut) at = &grow(*at, false, outer, wait_ns, weight);
    for (size_t index = count; index-- > 0;) at = &grow(*at, false, key_of(index), wait_ns, weight);
    return *at;
  }
  at = &grow(*at, is_holder, key_of(0), wait_ns, weight);
  Growing &place = *at;
  for (size_t index = 1; index < count; ++index) at = &grow(*at, false, key_of(index), wait_ns, weight);
  if (stack.is_cut) grow(*at, false, outer, wait_ns, weight);
  return place;
}

void FlameBuilder::add(const LockStack &stack, Weight weight) {
  if (stack.wait_ns <= 0 || stack.frames.empty()) return;
  has_before_ |= weight == Weight::kBefore;
  int64_t &total = weight == Weight::kNow ? root_->node.wait_ns : root_->node.before_ns;
  total = add_saturated(total, stack.wait_ns);
  const FlameKind kind = side_ == FlameSide::kHolder ? FlameKind::kHolder : FlameKind::kWaiter;
  Growing &place = grow_stack(*root_, false, kind, shown_stack(stack.frames), stack.mode, true, stack.wait_ns, weight);
  grow(place, false, {FlameKind::kLock, stack.lock, stack.kind, 0, 0}, stack.wait_ns, weight).lock_ids.insert(stack.lock_id);
}

void FlameBuilder::add_waiter(const LockStack &waiter, Weight weight) {
  if (is_place_complete_) place_.clear();
  is_place_complete_ = false;
  if (waiter.wait_ns <= 0 || waiter.frames.empty()) return;
  has_before_ |= weight == Weight::kBefore;
  int64_t &total = weight == Weight::kNow ? root_->node.wait_ns : root_->node.before_ns;
  total = add_saturated(total, waiter.wait_ns);
  Growing &lock = grow(*root_, false, {FlameKind::kLock, waiter.lock, waiter.kind, 0, 0}, waiter.wait_ns, weight);
  if (weight == Weight::kNow) lock.lock_ids.insert(waiter.lock_id);
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
    if (holder == nullptr) grow(*place, true, {FlameKind::kNobody, "no holder seen", "", 0, 0}, part_ns, weight);
    else grow_stack(*place, true, FlameKind::kHolder, shown_stack(holder->frames), holder->mode, false, part_ns, weight);
  }
}

FlameNode FlameBuilder::finished(Growing &growing) {
  FlameNode node = std::move(growing.node);
  node.place = short_file_and_line({node.name, growing.file, growing.line});
  node.stands_for = std::max<size_t>(1, growing.lock_ids.size());
  for (auto &[key, child] : growing.children) node.children.push_back(finished(child));
  for (auto &[key, child] : growing.holders) node.holders.push_back(finished(child));
  std::sort(node.children.begin(), node.children.end(), comes_first);
  std::sort(node.holders.begin(), node.holders.end(), comes_first);
  return node;
}

FlameGraph FlameBuilder::finish() {
  FlameGraph graph{side_, has_before_, finished(*root_)};
  graph.root.name = "all";
  return graph;
}

}  // namespace lockwrap::cli
