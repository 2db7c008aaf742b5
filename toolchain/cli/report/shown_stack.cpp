#include "report/shown_stack.h"

#include <algorithm>

namespace lockwrap::cli {
namespace {

constexpr size_t kMostFrames = 256;  // of a stack; no picture has room for more
constexpr size_t kRecursion = 3;     // so many calls of a function by itself become two frames

}  // namespace

std::string ShownFrame::function() const {
  return is_recursing ? frame->function + " recursing" : frame->function;
}

void shown_stack(const FrameList &frames, ShownStack &into) {
  into.frames.clear();
  into.is_cut = false;
  size_t end = frames.size();
  while (end > 1 && frames[end - 1]->is_thread_start) --end;
  for (size_t index = 0; index < end;) {
    size_t run = 1;
    while (index + run < end && frames[index]->function_number == frames[index + run]->function_number) ++run;
    const size_t kept = run < kRecursion ? run : 2;
    for (size_t repeated = 0; repeated < kept; ++repeated) {
      if (into.frames.size() == kMostFrames) {
        into.is_cut = true;
        return;
      }
      into.frames.push_back({frames[index + repeated], kept < run && repeated == 1});
    }
    index += run;
  }
}

bool shown_part(StackSource &source, size_t number, size_t wanted, StackSource::From from, FrameList &frames, ShownStack &into) {
  const bool is_from_outermost = from == StackSource::From::kOutermost;
  if (is_from_outermost && source.most_frames(number) > kMostFrames) wanted = StackSource::kAll / 8;  // it may have to be cut at this end
  for (size_t enough = wanted + 2 * kRecursion;; enough *= 4) {
    const bool is_whole = source.read_stack(number, frames, enough, from);
    shown_stack(frames, into);
    if (is_whole || (into.is_cut && !is_from_outermost)) return false;
    // What is missing may belong to the frames at the inner end, which are calls of one function, or to two at the outer end: it is not known yet
    // whether they are recursing.
    size_t settled = into.frames.size();
    if (is_from_outermost) {
      const uint32_t function = into.frames.front().frame->function_number;
      while (settled > 0 && into.frames[into.frames.size() - settled].frame->function_number == function) --settled;
    } else {
      settled -= std::min<size_t>(settled, kRecursion - 1);
    }
    if (settled >= wanted) {
      if (is_from_outermost) into.frames.erase(into.frames.begin(), into.frames.end() - static_cast<std::ptrdiff_t>(settled));
      return true;
    }
  }
}

std::string mode_suffix(std::string_view mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

}  // namespace lockwrap::cli
