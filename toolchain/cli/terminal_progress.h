// Says on stderr how far long work has come: only to a terminal that takes escape sequences, and only once a command has taken longer than a second.
#pragma once

#include <chrono>

#include "base/long_work.h"

namespace lockwrap::cli {

class TerminalProgress : public WorkListener {
 public:
  // Listens until its end.
  TerminalProgress();
  ~TerminalProgress() override;
  TerminalProgress(const TerminalProgress &) = delete;
  TerminalProgress &operator=(const TerminalProgress &) = delete;

  void work_goes_on() override;
  void work_begins() override;
  void work_rests() override;  // leaves no trace on the terminal

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point first_, next_;
  bool is_shown_ = false;
  WorkListener *before_ = nullptr;
};

}  // namespace lockwrap::cli
