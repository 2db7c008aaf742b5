#include "scheduler.h"

#include <pthread.h>

thread_local ucontext_t Scheduler::worker_context;
thread_local Scheduler::Fiber *Scheduler::running;

// The empty asm keeps the compiler from using an answer twice: it takes a thread for something that a function does not change.
[[gnu::noinline]] Scheduler::Fiber *&Scheduler::running_fiber() {
  asm volatile("");
  return running;
}
[[gnu::noinline]] ucontext_t *Scheduler::own_context() {
  asm volatile("");
  return &worker_context;
}

// The one place at which a thread goes from a fiber to its worker or back.
[[gnu::noinline]] static void switch_context(ucontext_t *from, const ucontext_t *to) {
  swapcontext(from, to);
  asm volatile("");  // not its last act: a frame of its own
}

Scheduler::Scheduler(int workers) {
  for (int number = 1; number <= workers; ++number) {
    workers_.emplace_back([this] { run_worker(); });
    pthread_setname_np(workers_.back().native_handle(), ("worker-" + std::to_string(number)).c_str());
  }
}

void Scheduler::spawn(void (*work)()) {
  auto *fiber = new Fiber;
  fiber->work = work;
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack.get();
  fiber->context.uc_stack.ss_size = kStackBytes;
  makecontext(&fiber->context, run_fiber, 0);
  const std::lock_guard lock(mutex_);
  ++unfinished_;
  queue_.push_back(fiber);
  changed_.notify_one();
}

void Scheduler::yield() { switch_context(&running_fiber()->context, own_context()); }

bool Scheduler::wait_for_all(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return unfinished_ == 0; });
}

void Scheduler::run_worker() {
  for (;;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty(); });
    Fiber *fiber = queue_.front();
    queue_.pop_front();
    lock.unlock();
    running_fiber() = fiber;
    switch_context(own_context(), &fiber->context);
    lock.lock();
    if (fiber->ended) {
      delete fiber;
      --unfinished_;
    } else {
      queue_.push_back(fiber);
    }
    changed_.notify_all();
  }
}

void Scheduler::run_fiber() {
  running_fiber()->work();
  running_fiber()->ended = true;
  yield();
}
