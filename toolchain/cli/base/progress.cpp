// The line is written over again and again, ten times a second at most.
#include "base/progress.h"

#include <unistd.h>

#include <iostream>

namespace lockwrap::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1000}, kBetween{100};

}  // namespace

Progress::Progress(std::string what, size_t total)
    : what_(std::move(what)), total_(total), is_terminal_(isatty(STDERR_FILENO) == 1), next_(Clock::now() + kPatience) {}

Progress::~Progress() {
  if (is_shown_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::show(size_t done) {
  if (!is_terminal_ || Clock::now() < next_) return;
  next_ = Clock::now() + kBetween;
  is_shown_ = true;
  std::cerr << "\r\033[Klockwrap: " << what_ << " " << done;
  if (total_ > 0) std::cerr << " of " << total_ << " (" << done * 100 / total_ << " %)";
  std::cerr << std::flush;
}

}  // namespace lockwrap::cli
