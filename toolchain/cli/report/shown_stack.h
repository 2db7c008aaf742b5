// The frames of a stack that a picture, or a line of folded stacks, shows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "names/stack_names.h"

namespace lockwrap::cli {

struct ShownFrame {
  const StackFrame *frame;
  bool is_recursing;
  std::string function() const;  // as it is shown
};

// Without what every thread starts with; of a function that calls itself again and again two frames (the second one is said to be recursing); and of a
// very deep stack the innermost 256.
struct ShownStack {
  std::vector<ShownFrame> frames;  // innermost first; empty only if the stack is
  bool is_cut = false;
};

// `into` keeps its memory from one stack to the next.
void shown_stack(const FrameList &frames, ShownStack &into);

// At least `wanted` of these frames if there are so many, from one end on, without a look at all of the stack if possible: the first ones, or the last
// ones, are what they are in the whole stack. False: all of them.
bool shown_part(StackSource &source, size_t number, size_t wanted, StackSource::From from, FrameList &frames, ShownStack &into);

// "", " reading" or " writing"
std::string mode_suffix(std::string_view mode);

}  // namespace lockwrap::cli
