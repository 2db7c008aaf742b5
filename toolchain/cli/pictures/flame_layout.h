// Where each frame of a flame graph stands; before that, what is too narrow to be seen is merged, so that a picture stays small.
#pragma once

#include <cstddef>
#include <vector>

#include "pictures/flame_tree.h"

namespace lockwrap::cli {

// Frames below `least_share` of the whole, side by side, become one "..." that says how many they were; where even that one is below,
// nothing. While more than `most_frames` are left the share is doubled.
void prune_flame(FlameGraph &graph, double least_share, size_t most_frames);

struct FlameBox {
  const FlameNode *node = nullptr;
  const FlameNode *lock = nullptr;  // that it belongs to; null for callers in a graph of one side
  double start = 0;                 // from 0 to 1
  double width = 0;
  size_t row = 0;                   // 0 is the uppermost
};

struct FlameLayout {
  std::vector<FlameBox> boxes;  // each before what hangs on it
  size_t rows = 0;
  size_t lock_row = 0;  // of both sides: where the locks stand, waiters above, holders below
};

// The rows that are worth their height: those of which at least 2 % is covered. A stack that is deep and as thin as a hair would make a
// picture tall and empty; flame.js shows the other rows when they are zoomed into.
struct FlameRows {
  size_t first = 0;
  size_t count = 0;
};
FlameRows rows_worth_showing(const FlameLayout &layout);

// `graph` must outlive the result. Waiters hang down on their lock, outermost caller uppermost; holders stand on the floor below it.
FlameLayout lay_out_flame(const FlameGraph &graph);

}  // namespace lockwrap::cli
