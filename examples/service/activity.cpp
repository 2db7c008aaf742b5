#include "activity.h"

#include <lockwrap/lockwrap.h>

#include <utility>

Statistics::Statistics() { lockwrap_name_lock(mutex_.native_handle(), "statistics"); }

void Statistics::add(const std::string &outcome, uint64_t count) {
  std::lock_guard lock(mutex_);
  counts_[outcome] += count;
}

std::map<std::string, uint64_t> Statistics::counts() {
  std::lock_guard lock(mutex_);
  return counts_;
}

ActivityLog::ActivityLog() { lockwrap_name_lock(mutex_.native_handle(), "activity log"); }

void ActivityLog::write(std::string line) {
  std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  if (lines_.size() > kLinesKept) {
    lines_.pop_front();
  }
}
