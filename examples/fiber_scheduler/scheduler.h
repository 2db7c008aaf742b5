// A small M:N scheduler: fibers that share a few worker threads and give them up by yield().
#pragma once

#include <ucontext.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

class Scheduler {
 public:
  explicit Scheduler(int workers);
  void spawn(void (*work)());
  // The calling fiber lets others run on its thread, and goes on later, on any worker.
  static void yield();
  // False: after that time some fibers have still not ended.
  bool wait_for_all(std::chrono::milliseconds limit);

 private:
  static constexpr size_t kStackBytes = 64 * 1024;
  struct Fiber {
    ucontext_t context;
    void (*work)();
    std::unique_ptr<char[]> stack{new char[kStackBytes]};
    bool ended = false;
  };

  void run_worker();
  static void run_fiber();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Fiber *> queue_;
  int unfinished_ = 0;
  std::vector<std::thread> workers_;

  // Of the calling worker. Looked up anew after every switch: a fiber may wake up on another thread.
  static thread_local ucontext_t worker_context;
  static thread_local Fiber *running;
  static Fiber *&running_fiber();
  static ucontext_t *own_context();
};
