// Callers are one frame a function, whatever line they call from; where is waited, or was locked, is a frame a line.
#include "pictures/flame_tree.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <tuple>

#include "base/long_work.h"
#include "names/lock_places.h"
#include "pictures/flame_paths.h"

namespace lockwrap::cli {
namespace {

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

// Makes the tree from the root on, as far as it is heavy enough.
class FlameTree {
 public:
  FlameTree(FlamePaths &paths, bool has_holders) : paths_(paths), has_holders_(has_holders), all_(paths.take()) {}

  FlameNode grow(double least_share) {
    FlameNode root;
    root.name = "all";
    const std::span<FlamePath> tree = paths_of_place(0);
    for (const FlamePath &path : tree) add(root, path);
    least_ns_ = static_cast<int64_t>(static_cast<double>(root.wait_ns) * least_share);
    grow(tree, 0, root.children);
    return root;
  }

 private:
  static constexpr size_t kWindow = 32;

  static void add(FlameNode &node, const FlamePath &path) {
    node.wait_ns = add_saturated(node.wait_ns, path.shown_ns);
    node.other_ns = add_saturated(node.other_ns, path.other_ns);
  }

  std::span<FlamePath> paths_of_place(uint32_t place) {
    const auto found = std::ranges::equal_range(all_, place, {}, &FlamePath::place);
    return {found.begin(), found.end()};
  }

  // What stands at `depth` of these paths, which are the same up to there, and what hangs on it. Changes their order. The paths' next steps are made
  // here, some for each, and are gone afterwards: nobody looks at these paths again at a smaller depth.
  void grow(std::span<FlamePath> paths, size_t depth, std::vector<FlameNode> &nodes) {
    std::vector<uint32_t> steps;
    if (depth % kWindow == 0) {
      steps.resize(paths.size() * kWindow);
      LongWork work("named", paths.size(), " stacks");
      for (size_t index = 0; index < paths.size(); ++index) {
        work.step();
        paths_.read_steps(paths[index], depth, kWindow, &steps[index * kWindow]);
        paths[index].window = &steps[index * kWindow];
      }
    }
    const auto step_at = [&](const FlamePath &path) { return path.window[depth % kWindow]; };
    const auto ended = std::partition(paths.begin(), paths.end(), [&](const FlamePath &path) { return step_at(path) != FlamePaths::kEnd; });
    paths = paths.first(static_cast<size_t>(ended - paths.begin()));
    const auto key_at = [&](const FlamePath &path) { return paths_.step(step_at(path)).key; };
    if (std::ranges::adjacent_find(paths, std::ranges::not_equal_to(), key_at) != paths.end()) std::ranges::sort(paths, {}, key_at);
    std::vector<Ordered> ordered;
    for (size_t start = 0, end = 0; start < paths.size(); start = end) {
      const uint32_t key = key_at(paths[start]);
      while (end < paths.size() && key_at(paths[end]) == key) ++end;
      ordered.push_back({node_of(paths_.key(key), paths.subspan(start, end - start), depth), &paths_.text(paths_.key(key).file)});
    }
    std::sort(ordered.begin(), ordered.end());
    for (Ordered &each : ordered) nodes.push_back(std::move(each.node));
  }

  FlameNode node_of(const FlamePaths::Key &key, std::span<FlamePath> paths, size_t depth) {
    FlameNode node;
    node.kind = key.kind;
    node.name = paths_.text(key.name);
    for (const FlamePath &path : paths) add(node, path);
    // Which call it was says the shown profile, unless it has none.
    std::set<uint32_t> calls, lines;
    for (const FlamePath &path : paths) {
      if (node.wait_ns > 0 && path.shown_ns == 0) continue;
      const uint32_t step = path.window[depth % kWindow];
      if (key.kind == FlameKind::kLock) calls.insert(step);
      else if (lines.size() < 2) lines.insert(paths_.step(step).line);
    }
    if (key.kind == FlameKind::kLock) {
      node.lock_kind = paths_.text(key.file);
      if (node.wait_ns > 0) node.stands_for = calls.size();
    } else {
      node.place = short_file_and_line({node.name, paths_.text(key.file), lines.size() == 1 ? *lines.begin() : 0});
    }
    if (node.wait_ns < least_ns_) return node;
    if (has_holders_ && depth == 1 && key.kind == FlameKind::kWaiter) {
      const uint32_t *window = paths.front().window;
      grow(paths_of_place(paths_.place_of(window[0], window[1])), 0, node.holders);
    }
    grow(paths, depth + 1, node.children);
    return node;
  }

  FlamePaths &paths_;
  bool has_holders_;
  std::vector<FlamePath> all_;
  int64_t least_ns_ = 0;
};

}  // namespace

FlameBuilder::FlameBuilder(FlameSide side, std::optional<FlameComparison> comparison)
    : side_(side), comparison_(comparison), paths_(std::make_unique<FlamePaths>(side, comparison.has_value())) {}
FlameBuilder::~FlameBuilder() = default;

void FlameBuilder::add(const LockStack &stack, Weight weight) {
  if (stack.wait_ns > 0) paths_->add(stack, weight == Weight::kOther);
}

void FlameBuilder::add_waiter(const LockStack &waiter, Weight weight) {
  if (is_place_complete_) place_.clear();
  is_place_complete_ = false;
  if (waiter.wait_ns <= 0) return;
  const uint32_t place = paths_->add(waiter, weight == Weight::kOther);
  auto known = std::find_if(place_.begin(), place_.end(), [&](const auto &entry) { return entry.first == place; });
  if (known == place_.end()) known = place_.insert(place_.end(), {place, 0});
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
    if (part_ns > 0) paths_->add_holder(holder, place, part_ns, weight == Weight::kOther);
  }
}

FlameGraph FlameBuilder::finish(double least_share) {
  return {side_, comparison_, FlameTree(*paths_, side_ == FlameSide::kBoth).grow(least_share)};
}

}  // namespace lockwrap::cli
