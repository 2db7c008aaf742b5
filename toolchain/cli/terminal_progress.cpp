// One line is written over again and again, ten times a second at most.
#include "terminal_progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

#include "terminal_screen.h"

namespace lockwrap::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{1000}, kBetween{100};

// A line that the terminal breaks could not be taken back.
size_t columns() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
}

}  // namespace

TerminalProgress::TerminalProgress() : first_(Clock::now() + kPatience), next_(first_) {
  const bool is_told = isatty(STDERR_FILENO) == 1 && takes_escape_sequences();
  before_ = listen_to_work(is_told ? this : nullptr);
}

TerminalProgress::~TerminalProgress() {
  work_rests();
  listen_to_work(before_);
}

void TerminalProgress::work_begins() { next_ = first_; }

void TerminalProgress::work_goes_on() {
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kBetween;
  is_shown_ = true;
  std::cerr << "\r\033[K" << ("lockwrap: " + long_work_text()).substr(0, columns()) << std::flush;
}

void TerminalProgress::work_rests() {
  if (is_shown_) std::cerr << "\r\033[K" << std::flush;
  is_shown_ = false;
}

}  // namespace lockwrap::cli
