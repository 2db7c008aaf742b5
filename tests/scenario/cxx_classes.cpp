// One wait in each class of the C++ library that ends in a wrapped function, by a function named after it. With an argument: only a
// jthread.
#include <condition_variable>
#include <future>
#include <shared_mutex>

#include "scenario.h"

std::mutex plain;
std::recursive_mutex recursive;
std::timed_mutex timed;
std::recursive_timed_mutex both_kinds;
std::shared_mutex shared;
std::shared_timed_mutex lasting;
std::mutex scoped_first, scoped_second, locked_first, locked_second;
std::mutex idle;
std::condition_variable_any any_came;
std::condition_variable came;
std::once_flag flag;
std::atomic<int> done;

template <class Lock>
NOINLINE void wait_by_guard(Lock& lock) {
  const std::lock_guard guard(lock);
  ++done;
}
NOINLINE void wait_for_timed() {
  if (timed.try_lock_for(std::chrono::hours(1))) timed.unlock();
  ++done;
}
NOINLINE void wait_for_recursive_timed() {
  if (both_kinds.try_lock_until(std::chrono::system_clock::now() + std::chrono::hours(1))) both_kinds.unlock();
  ++done;
}
NOINLINE void wait_to_share() {
  const std::shared_lock guard(shared);
  ++done;
}
NOINLINE void wait_to_share_timed() {
  const std::shared_lock guard(lasting, std::chrono::hours(1));
  ++done;
}
NOINLINE void wait_by_scoped_lock() {
  const std::scoped_lock both(scoped_first, scoped_second);
  ++done;
}
NOINLINE void wait_by_std_lock() {
  std::lock(locked_first, locked_second);
  locked_first.unlock(), locked_second.unlock();
  ++done;
}
template <class Condition>
NOINLINE void wait_idly(Condition& condition, const bool& ready) {
  std::unique_lock guard(idle);
  condition.wait(guard, [&] { return ready; });
  ++done;
}
NOINLINE void initialise() {
  std::call_once(flag, [] { const std::lock_guard guard(plain); });
  ++done;
}
NOINLINE void join_at_end() {
  std::jthread thread([] { pass_ms(5); });
  ++done;
}

template <class Condition>
void idle_on(Condition& condition) {
  bool ready = false;
  const WaitingThread waiter([&] { wait_idly(condition, ready); });
  const std::lock_guard guard(idle);
  ready = true;
  condition.notify_all();
}

int main(int argument_count, char**) {
  if (argument_count > 1) return join_at_end(), 0;
  make_wait(plain, 1, [] { wait_by_guard(plain); });
  make_wait(recursive, 1, [] { wait_by_guard(recursive); });
  make_wait(timed, 1, [] { wait_for_timed(); });
  make_wait(both_kinds, 1, [] { wait_for_recursive_timed(); });
  make_wait(shared, 1, [] { wait_by_guard(shared); });
  make_wait(shared, 1, [] { wait_to_share(); });
  make_wait(lasting, 1, [] { wait_by_guard(lasting); });
  make_wait(lasting, 1, [] { wait_to_share_timed(); });
  make_wait(scoped_first, 1, [] { wait_by_scoped_lock(); });
  make_wait(locked_first, 1, [] { wait_by_std_lock(); });
  idle_on(came);
  idle_on(any_came);
  plain.lock();
  {
    const WaitingThread first([] { initialise(); });
    const WaitingThread second([] { initialise(); });
    pass_ms(1);
    plain.unlock();
  }
  std::printf("done=%d\n", done.load());
}
