// Guarded calls, each twice at one place: `guarded free` makes them without a lock, `guarded held` with one. Prints what they return, which
// is the same in the program that is not guarded.
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include <mutex>

#include "calls.h"

std::mutex accounts;

__attribute__((noinline)) void begin_transfer() {
  accounts.lock();
  asm volatile("");
}

static ucontext_t scheduler, fiber;
static void run_fiber() {
  for (;;) swapcontext(&fiber, &scheduler);
}
__attribute__((noinline)) static void switch_fiber() {
  printf("swapcontext %d\n", swapcontext(&scheduler, &fiber));
}

__attribute__((noinline)) static void call_all(const store::Cache& cache) {
  switch_fiber();
  printf("usleep %d\n", usleep(1));
  printf("fsync %d\n", fsync(-1));
  make_calls();
  printf("store::Cache::flush %a\n", cache.flush(7.5));
}

int main(int argument_count, char** arguments) {
  alignas(16) static char stack[64 * 1024];
  getcontext(&fiber);
  fiber.uc_stack.ss_sp = stack;
  fiber.uc_stack.ss_size = sizeof stack;
  makecontext(&fiber, run_fiber, 0);
  const store::Cache cache{4.25};
  const bool held = argument_count > 1 && strcmp(arguments[1], "held") == 0;
  if (held) begin_transfer();
  for (int round = 0; round < 2; ++round) call_all(cache);
  if (held) accounts.unlock();
}
