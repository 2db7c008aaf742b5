// timed_out: waits that end without the lock are waits; who held it meanwhile is to blame.
#include <chrono>

#include "scenario.h"

static std::timed_mutex device;

NOINLINE static void give_up(long& wait_ns) {
  const long start_ns = now_ns();
  CHECK(!device.try_lock_for(std::chrono::milliseconds(10)));
  wait_ns += now_ns() - start_ns;
}

NOINLINE static void occupy() {
  const std::lock_guard guard(device);
  long wait_ns = 0;
  std::thread([&] { for (int i = 0; i < 6; ++i) give_up(wait_ns); }).join();
  printf("wait_ns=%ld\n", wait_ns);
}

int main() { occupy(); }
