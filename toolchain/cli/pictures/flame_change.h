// The words and colours of a flame graph that compares two profiles: by how much each frame has grown or shrunk, and what has no width.
#pragma once

#include <string>
#include <vector>

#include "pictures/flame_svg.h"
#include "pictures/flame_tree.h"

namespace lockwrap::cli {

// In ns: of a watched second, or sums.
struct FlameAmounts {
  double before = 0;
  double now = 0;
};
FlameAmounts amounts_of(const FlameNode &node, const FlameComparison &comparison);

// In four steps: "more1" to "more4", "less1" to "less4"; "same" below 5 %.
std::string change_class(const FlameNode &node, const FlameComparison &comparison);

// "+35 %", "12 times", "new", "gone", "as before"
std::string change_text(const FlameNode &node, const FlameComparison &comparison);

// "+", "-" or "=": the same for those who do not see the colour, where there is no room for more.
std::string change_mark(const FlameNode &node, const FlameComparison &comparison);

// "300 ms/s" or, of sums, "300 ms"
std::string comparable_text(double amount_ns, const FlameComparison &comparison);

// What the other profile has but is too little in the shown one to be drawn, the heaviest first: what would be `least_share` of the picture
// and is below that. Each stands for what hangs on it too, and for all of its name.
struct UndrawnFrame {
  FlameKind kind = FlameKind::kWaiter;
  std::string name;
  double other_ns = 0;  // scaled
};
std::vector<UndrawnFrame> undrawn_frames(const FlameGraph &graph, double least_share);

// Which two are compared, how, and what is not drawn. The profiles are those before and now.
struct ComparedProfile {
  std::string path;
  int64_t duration_ns = 0;
};
FlameCaption caption_of_comparison(const std::string &program, const ComparedProfile &before, const ComparedProfile &now, const FlameGraph &graph,
                                   const std::vector<UndrawnFrame> &undrawn);

}  // namespace lockwrap::cli
