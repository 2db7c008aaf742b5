// What the service remembers about itself: counters by outcome, and the last lines of its log. Thread-safe. Two locks
// that every request takes and that hardly anybody waits for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>

class Statistics {
 public:
  Statistics();
  void add(const std::string &outcome, uint64_t count);
  std::map<std::string, uint64_t> counts();

 private:
  std::mutex mutex_;
  std::map<std::string, uint64_t> counts_;
};

class ActivityLog {
 public:
  ActivityLog();
  void write(std::string line);

 private:
  static constexpr size_t kLinesKept = 1000;

  std::mutex mutex_;
  std::deque<std::string> lines_;
};
