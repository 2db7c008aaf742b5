// An outside program in C++: see probe.h.
#include "probe.h"

#include <atomic>
#include <mutex>
#include <thread>

static std::mutex counter;

int main(int argc, char **argv) {
  int wrapped = argc > 1 && strcmp(argv[1], "wrapped") == 0;
  std::atomic<int> waiter{0};
  std::unique_lock<std::mutex> held(counter);
  probe_while_held(counter.native_handle(), wrapped);
  std::thread other([&] {
    waiter = gettid();
    std::lock_guard<std::mutex> wait(counter);
  });
  while (waiter == 0) std::this_thread::yield();
  await_blocked(waiter);
  held.unlock();
  other.join();
  return probe_after_the_wait(wrapped);
}
