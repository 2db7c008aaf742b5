// reset: what was counted before lockwrap_reset() is gone, a wait that ends after it is counted whole.
#include "scenario.h"

static std::mutex warm_up;
static std::mutex steady;
static std::mutex spanning;

int main() {
  for (int i = 0; i < 5; ++i) make_wait(warm_up, 1);
  for (int i = 0; i < 5; ++i) make_wait(steady, 1);
  CHECK(lockwrap_name_lock(steady.native_handle(), "steady state") == 0);

  spanning.lock();
  long long wait_ns = 0;
  {
    const WaitingThread waiter([&] {
      const auto start_ns = now_ns();
      const std::lock_guard guard(spanning);
      wait_ns = now_ns() - start_ns;
    });
    pass_ms(50);
    CHECK(lockwrap_reset() == 0);
    pass_ms(10);
    spanning.unlock();
  }
  for (int i = 0; i < 2; ++i) make_wait(steady, 1);
  printf("spanning_wait_ns=%lld\n", wait_ns);
}
