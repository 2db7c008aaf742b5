// timed_out: waits that end without the lock are waits; who held it meanwhile is to blame.
#include <threads.h>

#include <chrono>

#include "scenario.h"

static std::timed_mutex device;

NOINLINE static void give_up(long long& wait_ns) {
  const auto start_ns = now_ns();
  CHECK(!device.try_lock_for(std::chrono::milliseconds(10)));
  wait_ns += now_ns() - start_ns;
}

NOINLINE static void occupy() {
  const std::lock_guard guard(device);
  long long wait_ns = 0;
  std::thread([&] { for (int i = 0; i < 6; ++i) give_up(wait_ns); }).join();
  printf("wait_ns=%lld\n", wait_ns);
}

// C11's mutexes have words of their own for a time that is over.
static mtx_t queue;

NOINLINE static void give_up_queue(long long& wait_ns) {
  timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += 20'000'000;
  if (until.tv_nsec >= 1'000'000'000) ++until.tv_sec, until.tv_nsec -= 1'000'000'000;
  const auto start_ns = now_ns();
  CHECK(mtx_timedlock(&queue, &until) == thrd_timedout);
  wait_ns += now_ns() - start_ns;
}

int main() {
  occupy();
  long long wait_ns = 0;
  CHECK(mtx_init(&queue, mtx_timed) == thrd_success && mtx_lock(&queue) == thrd_success);
  std::thread([&] { for (int i = 0; i < 3; ++i) give_up_queue(wait_ns); }).join();
  CHECK(mtx_unlock(&queue) == thrd_success);
  printf("queue_wait_ns=%lld\n", wait_ns);
}
