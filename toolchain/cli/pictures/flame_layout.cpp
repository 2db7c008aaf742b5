#include "pictures/flame_layout.h"

#include <algorithm>
#include <cmath>

namespace lockwrap::cli {
namespace {

constexpr double kLeastCovered = 0.02;  // of a row

// Merges what is below `least_ns` into one node at the end of the list, its name without the number of frames yet.
void prune_list(std::vector<FlameNode> &nodes, int64_t least_ns) {
  FlameNode other;
  other.kind = FlameKind::kOther;
  other.stands_for = 0;
  const auto is_merged = [&](const FlameNode &node) {
    const bool is_own = node.kind == FlameKind::kOther && node.children.empty() && node.stands_for > 1;  // of an earlier, finer pruning
    return is_own || node.wait_ns < least_ns;
  };
  for (const FlameNode &node : nodes) {
    if (!is_merged(node) || node.wait_ns == 0) continue;  // nothing of it in the shown one of two profiles
    other.wait_ns = add_saturated(other.wait_ns, node.wait_ns);
    other.other_ns = add_saturated(other.other_ns, node.other_ns);
    other.stands_for += node.kind == FlameKind::kOther ? node.stands_for : 1;
  }
  std::erase_if(nodes, is_merged);
  if (other.wait_ns >= least_ns) {
    other.name = "... " + std::to_string(other.stands_for) + " more";
    nodes.push_back(std::move(other));
  }
}

size_t prune(FlameNode &node, int64_t least_ns) {
  size_t count = 1;
  for (std::vector<FlameNode> *list : {&node.children, &node.holders}) {
    prune_list(*list, least_ns);
    for (FlameNode &child : *list) count += prune(child, least_ns);
  }
  return count;
}

size_t depth_of(const std::vector<FlameNode> &nodes) {
  size_t depth = 0;
  for (const FlameNode &node : nodes) depth = std::max(depth, 1 + depth_of(node.children));
  return depth;
}

class Arranger {
 public:
  explicit Arranger(FlameLayout &layout) : layout_(layout) {}

  // Puts `nodes` side by side over the width of `parent`, in `row`, and each one's children `direction` rows further.
  void arrange(const std::vector<FlameNode> &nodes, const FlameBox &parent, size_t row, int direction, const FlameNode *lock) {
    double sum = 0;
    for (const FlameNode &node : nodes) sum += static_cast<double>(node.wait_ns);
    const double whole = std::max(sum, static_cast<double>(parent.node->wait_ns));  // sums of a hostile file are cut off
    double start = parent.start;
    for (const FlameNode &node : nodes) {
      const double width = whole > 0 ? parent.width * static_cast<double>(node.wait_ns) / whole : 0;
      const FlameBox box{&node, node.kind == FlameKind::kLock ? &node : lock, start, width, row};
      start += width;
      layout_.boxes.push_back(box);
      arrange(node.children, box, row + static_cast<size_t>(direction), direction, box.lock);
      if (!node.holders.empty()) arrange(node.holders, box, layout_.lock_row + 1, 1, box.lock);
    }
  }

 private:
  FlameLayout &layout_;
};

}  // namespace

void prune_flame(FlameGraph &graph, double least_share, size_t most_frames) {
  const int64_t whole_ns = graph.root.wait_ns;
  int64_t least_ns = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(static_cast<double>(whole_ns) * least_share)));
  while (prune(graph.root, least_ns) > most_frames && least_ns < whole_ns) least_ns = least_ns > whole_ns / 2 ? whole_ns : 2 * least_ns;
}

FlameRows rows_worth_showing(const FlameLayout &layout) {
  std::vector<double> covered(layout.rows);
  for (const FlameBox &box : layout.boxes) covered[box.row] += box.width;
  FlameRows rows{layout.rows, 0};
  for (size_t row = 0; row < layout.rows; ++row) {
    if (covered[row] < kLeastCovered) continue;
    rows.first = std::min(rows.first, row);
    rows.count = row + 1 - rows.first;
  }
  return rows;
}

FlameLayout lay_out_flame(const FlameGraph &graph) {
  FlameLayout layout;
  Arranger arranger(layout);
  const FlameBox whole{&graph.root, nullptr, 0, 1, 0};
  if (graph.side != FlameSide::kBoth) {
    const size_t depth = 1 + depth_of(graph.root.children);
    const bool is_down = graph.side == FlameSide::kWaiter;
    layout.rows = depth;
    layout.boxes.push_back(whole);
    layout.boxes.front().row = is_down ? 0 : depth - 1;
    if (depth > 1) arranger.arrange(graph.root.children, whole, is_down ? 1 : depth - 2, is_down ? 1 : -1, nullptr);
    return layout;
  }
  size_t below = 0;
  for (const FlameNode &lock : graph.root.children) {
    layout.lock_row = std::max(layout.lock_row, depth_of(lock.children));
    for (const FlameNode &place : lock.children) below = std::max(below, depth_of(place.holders));
  }
  layout.rows = layout.lock_row + 1 + below;
  arranger.arrange(graph.root.children, whole, layout.lock_row, -1, nullptr);
  return layout;
}

}  // namespace lockwrap::cli
