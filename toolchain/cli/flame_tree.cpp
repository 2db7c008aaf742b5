// Callers are one frame a function, whatever line they call from; where is waited, or was locked, is a frame a line.
#include "flame_tree.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "lock_places.h"
#include "thread_start.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kMostFrames = 256;  // of a stack; deeper ones are recursion, and no picture has room for them

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

ShownStack shown_stack(const std::vector<StackFrame> &frames) {
  size_t end = frames.size();
  while (end > 1 && is_thread_start(frames[end - 1].function)) --end;
  ShownStack shown;
  shown.is_cut = end > kMostFrames;
  shown.frames.assign(frames.begin(), frames.begin() + static_cast<std::ptrdiff_t>(std::min(end, kMostFrames)));
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
    const StackFrame &frame = stack.frames[index];
    const bool is_place = index == 0;
    return Key{kind, is_place ? frame.function + mode_suffix(mode) : frame.function, frame.file, is_place ? frame.line : 0, frame.line};
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

void FlameBuilder::add(const BlamedStack &stack, Weight weight) {
  if (stack.wait_ns <= 0 || stack.waiter.frames.empty()) return;
  has_before_ |= weight == Weight::kBefore;
  int64_t &total = weight == Weight::kNow ? root_->node.wait_ns : root_->node.before_ns;
  total = add_saturated(total, stack.wait_ns);
  const LockStack &waiter = stack.waiter;
  Growing &lock = grow(*root_, false, {FlameKind::kLock, waiter.lock, waiter.kind, 0, 0}, stack.wait_ns, weight);
  if (weight == Weight::kNow) lock.lock_ids.insert(waiter.lock_id);
  Growing &place = grow_stack(lock, false, FlameKind::kWaiter, shown_stack(waiter.frames), waiter.mode, false, stack.wait_ns, weight);
  if (stack.holder.empty()) {
    grow(place, true, {FlameKind::kNobody, "no holder seen", "", 0, 0}, stack.wait_ns, weight);
  } else {
    grow_stack(place, true, FlameKind::kHolder, shown_stack(stack.holder), stack.holder_mode, false, stack.wait_ns, weight);
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
