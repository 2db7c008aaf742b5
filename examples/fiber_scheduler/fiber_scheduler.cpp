// fiber_scheduler: fibers on two worker threads, as in bthread and other M:N schedulers. One fiber gives up its thread with a mutex
// locked. The mutex belongs to the thread, and the thread now runs other fibers: the next one that wants the mutex blocks that
// thread, another one blocks the second, and nobody is left to run the fiber that would unlock it. No single line is wrong by
// itself, and a stack of the hanging program shows two innocent deposits.
//
// What lockwrap prints, because CMakeLists.txt has swapcontext guarded, without a word in the program:
//   1. held-in-call, at the moment of the mistake: worker-N calls swapcontext with `accounts` locked; it was locked in transfer(), and the
//      stack of the switch leads to transfer(), too.
//   2. misuse, a moment later: the same worker, by now in deposit(), locks `accounts`, which it has already.
// Then the program finds that nothing moves any more, says so and ends. `fiber_scheduler released` unlocks before the switch: lockwrap is
// silent, and all fibers end.
//
// A scheduler that knows lockwrap may say so by itself: lockwrap_expect_no_locks("fiber switch") in yield().
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "scheduler.h"

std::mutex accounts;
static long balance;
static bool released;

[[gnu::noinline]] static void deposit() {
  const std::lock_guard lock(accounts);
  ++balance;
}

// The mistake: asking the other bank takes a while, and the lock is kept meanwhile. With `released` it is not.
[[gnu::noinline]] static void transfer() {
  std::unique_lock lock(accounts);
  --balance;
  if (released) lock.unlock();
  Scheduler::yield();  // until the other bank has answered
  if (released) lock.lock();
  ++balance;
}

static void make_deposits() {
  for (int round = 0; round < 10'000; ++round) {
    deposit();
    Scheduler::yield();
  }
}

static void make_transfers() {
  for (int round = 0; round < 10; ++round) transfer();
}

int main(int argument_count, char **arguments) {
  released = argument_count > 1 && std::strcmp(arguments[1], "released") == 0;
  auto *scheduler = new Scheduler(2);  // never deleted: its workers may hang
  for (int fiber = 0; fiber < 8; ++fiber) scheduler->spawn(make_deposits);
  scheduler->spawn(make_transfers);
  const bool all_ended = scheduler->wait_for_all(std::chrono::seconds(2));
  std::printf("fiber_scheduler: %s\n", all_ended ? "all fibers have ended" : "locked up: after 2 s not all fibers have ended");
  std::fflush(stdout);
  _exit(0);
}
