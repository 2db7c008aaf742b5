#include "request_queue.h"

#include <lockwrap/lockwrap.h>

#include <utility>

RequestQueue::RequestQueue() { lockwrap_name_lock(mutex_.native_handle(), "request queue"); }

void RequestQueue::push(std::string request) {
  {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return requests_.size() < kCapacity; });
    requests_.push_back(std::move(request));
  }
  not_empty_.notify_one();
}

std::optional<std::string> RequestQueue::pop() {
  std::optional<std::string> request;
  {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return closed_ || !requests_.empty(); });
    if (requests_.empty()) {
      return std::nullopt;
    }
    request = std::move(requests_.front());
    requests_.pop_front();
  }
  not_full_.notify_one();
  return request;
}

void RequestQueue::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  not_empty_.notify_all();
}
