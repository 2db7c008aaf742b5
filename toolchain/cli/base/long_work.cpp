// Work is nested as the calls are: what began last ends first.
#include "base/long_work.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lockwrap::cli {
namespace {

// Of each thread: what a second one does meanwhile (in_parallel.h) is not told of.
thread_local WorkListener *heard_by = nullptr;
thread_local std::vector<const LongWork *> under_way;

}  // namespace

WorkListener *listen_to_work(WorkListener *listener) { return std::exchange(heard_by, listener); }

void rest_from_work() {
  if (heard_by != nullptr) heard_by->work_rests();
}

std::string long_work_text() {
  std::string text;
  for (const LongWork *work : under_way) text += (text.empty() ? "" : ", ") + work->text();
  return text;
}

LongWork::LongWork(const char *what, size_t total, const char *unit) : what_(what), unit_(unit), total_(total) {
  under_way.push_back(this);
  if (heard_by != nullptr && under_way.size() == 1) heard_by->work_begins();
}

LongWork::~LongWork() {
  under_way.pop_back();
  if (under_way.empty()) rest_from_work();
}

void LongWork::came_to(size_t done) {
  done_ = done;
  if (heard_by != nullptr) heard_by->work_goes_on();
}

std::string LongWork::text() const {
  std::string text = what_ + (" " + std::to_string(done_));
  if (total_ == 0) return text + unit_;
  const size_t percent = std::min<size_t>(static_cast<size_t>(static_cast<double>(done_) * 100 / static_cast<double>(total_)), 100);
  return text + " of " + std::to_string(total_) + unit_ + " (" + std::to_string(percent) + " %)";
}

}  // namespace lockwrap::cli
