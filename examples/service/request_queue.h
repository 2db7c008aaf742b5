// The bounded queue between whoever accepts requests and the workers. Thread-safe.
//
// Its lock is taken twice a request by every thread, yet held for a moment only: a busy lock is not a contended one.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

class RequestQueue {
 public:
  RequestQueue();

  // Waits while the queue is full.
  void push(std::string request);

  // Waits for a request; nothing when the queue is closed and empty.
  std::optional<std::string> pop();

  void close();

 private:
  static constexpr size_t kCapacity = 4096;

  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::condition_variable not_full_;
  std::deque<std::string> requests_;
  bool closed_ = false;
};
