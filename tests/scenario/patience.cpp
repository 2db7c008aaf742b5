// patience: long waits that say nothing about the program. `patience stopped`: the process is stopped while a thread waits, and the lock is
// released as soon as it goes on. `patience computes`: for a small CPU quota. `patience starved`: the holder computes for 50 ms, and gets next to no processor.
#include <sched.h>
#include <sys/resource.h>

#include "scenario.h"

static std::mutex accounts;
NOINLINE static void transfer() { const std::lock_guard guard(accounts); }

static void stay_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  CHECK(sched_setaffinity(0, sizeof set, &set) == 0);
}

// A thread of higher priority computes on the same processor.
static void starve() {
  const int processor = sched_getcpu();
  std::atomic<bool> done = false;
  accounts.lock();
  const WaitingThread waiter([] { transfer(); });
  stay_on(processor);
  CHECK(setpriority(PRIO_PROCESS, static_cast<id_t>(thread_id()), 19) == 0);
  std::thread hog([&] {
    CHECK(setpriority(PRIO_PROCESS, static_cast<id_t>(thread_id()), 19) == 0);
    setpriority(PRIO_PROCESS, static_cast<id_t>(thread_id()), 0);  // as root
    stay_on(processor);
    while (!done) {}
  });
  timespec used;
  do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  while (used.tv_sec == 0 && used.tv_nsec < 60'000'000);
  done = true;
  accounts.unlock();
  hog.join();
}

// The holder needs 150 ms of a processor.
static void compute() {
  accounts.lock();
  const WaitingThread waiter([] { transfer(); });
  timespec used;
  do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  while (used.tv_sec == 0 && used.tv_nsec < 150'000'000);
  accounts.unlock();
}

int main(int, char** arguments) {
  if (!strcmp(arguments[1], "computes")) {
    compute();
    return 0;
  }
  if (!strcmp(arguments[1], "starved")) {
    starve();
    return 0;
  }
  accounts.lock();
  const WaitingThread waiter([] { transfer(); });
  puts("waiting");
  fflush(stdout);
  CHECK(raise(SIGSTOP) == 0);
  accounts.unlock();
}
