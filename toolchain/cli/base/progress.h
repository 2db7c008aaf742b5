// Says on stderr how far long work has come: only to a terminal, and only when it takes longer than a second.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace lockwrap::cli {

class Progress {
 public:
  // `what` is done: "merged". `total` 0: not known.
  Progress(std::string what, size_t total);
  ~Progress();  // leaves no trace on the terminal
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  void show(size_t done);

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  size_t total_;
  bool is_terminal_;
  bool is_shown_ = false;
  Clock::time_point next_;
};

}  // namespace lockwrap::cli
