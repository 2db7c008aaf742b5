// Calls that must not be made with a lock held, and their silent twins. The build guards `swapcontext` and `usleep`, which no other
// program of the table calls.
#include <ucontext.h>

#include "locks.h"

namespace {

std::mutex accounts;
std::shared_mutex prices;

NOINLINE void rest() { CHECK(usleep(1000) == 0); }

void sleep_with_mutex() {
  const std::lock_guard guard(accounts);
  rest();
}
void sleep_with_read_lock() {
  const std::shared_lock guard(prices);
  rest();
}
void sleep_after_release() {
  for (int i = 0; i < 2; ++i) {
    accounts.lock(), prices.lock_shared();
    accounts.unlock(), prices.unlock_shared();
    rest();
  }
}

#if LOCKWRAP_TEST_HAS_SWAPCONTEXT
ucontext_t scheduler, fiber;
void run_fiber(bool takes_lock) {
  static char stack[65536];
  static bool with_lock;
  with_lock = takes_lock;
  CHECK(getcontext(&fiber) == 0);
  fiber.uc_stack.ss_sp = stack;
  fiber.uc_stack.ss_size = sizeof stack;
  fiber.uc_link = nullptr;
  makecontext(&fiber, [] {
    accounts.lock();
    if (!with_lock) accounts.unlock();
    swapcontext(&fiber, &scheduler);
    if (with_lock) accounts.unlock();
    swapcontext(&fiber, &scheduler);
  }, 0);
  CHECK(swapcontext(&scheduler, &fiber) == 0);
  CHECK(swapcontext(&scheduler, &fiber) == 0);
}
#else
void run_fiber(bool) { cannot_be_here("this libc has no swapcontext"); }
#endif
void switch_with_mutex() { run_fiber(true); }
void switch_without_lock() { run_fiber(false); }

// What another thread holds is not this one's.
void sleep_beside_holder() {
  leave_behind([] { accounts.lock(); });
  rest();
}

constexpr Case kCases[] = {
    CASE(sleep_with_mutex, Expect::kHeldInCall, "usleep with a mutex held"),
    CASE(sleep_with_read_lock, Expect::kHeldInCall, "usleep with a read lock held"),
    CASE(switch_with_mutex, Expect::kHeldInCall, "a fiber gives up its thread with a mutex held"),
    CASE(sleep_after_release, Expect::kSilent, "usleep between two holds"),
    CASE(switch_without_lock, Expect::kSilent, "a fiber gives up its thread with no lock held"),
    CASE(sleep_beside_holder, Expect::kSilent, "usleep while another thread holds a mutex"),
};

}  // namespace

std::span<const Case> calls_with_locks() { return kCases; }
