// condition: a consumer is idle in condition_variable::wait, which is no contention; the hold before its wait delays the
// producer, and that is its fault.
#include <condition_variable>

#include "scenario.h"

static std::mutex queue_lock;
static std::condition_variable filled;
static bool full = false;
static std::atomic<bool> consumer_holds = false;
static std::atomic<pid_t> producer_id = 0;
constexpr int kRounds = 10;

NOINLINE static void consume() {
  std::unique_lock guard(queue_lock);
  for (int round = 0; round < kRounds; ++round) {
    consumer_holds = true;
    wait_until_asleep(producer_id);
    pass_ms(15);
    filled.wait(guard, [] { return full; });
    full = false;
  }
}

NOINLINE static void produce(long long& wait_ns) {
  while (!consumer_holds) sched_yield();
  consumer_holds = false;
  const auto start_ns = now_ns();
  producer_id = thread_id();
  {
    const std::lock_guard guard(queue_lock);
    wait_ns += now_ns() - start_ns;
    producer_id = 0;
  }
  pass_ms(25);  // the consumer is idle
  const std::lock_guard guard(queue_lock);
  full = true;
  filled.notify_one();
}

int main() {
  std::thread consumer(consume);
  long long wait_ns = 0;
  for (int round = 0; round < kRounds; ++round) produce(wait_ns);
  consumer.join();
  printf("producer_wait_ns=%lld\n", wait_ns);
}
