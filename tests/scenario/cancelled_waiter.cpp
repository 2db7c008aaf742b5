// cancelled_waiter [report|threads]: a thread is ended asynchronously while it waits for a lock, which POSIX leaves undefined and glibc does. It
// waits no more, and who holds the lock later is not to blame for it: from when that is seen, by a report or by threads that take its place.
#include <pthread.h>

#include <cstring>

#include <lockwrap/lockwrap.h>

#include "scenario.h"

static std::mutex ledger;
static std::atomic<pid_t> id;

NOINLINE static void end_in_wait() {
  const std::lock_guard guard(ledger);
  pthread_t waiter;
  CHECK(pthread_create(&waiter, nullptr, [](void*) -> void* {
    CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, nullptr) == 0);
    id = thread_id();
    ledger.lock();
    return nullptr;
  }, nullptr) == 0);
  while (id == 0) sched_yield();
  wait_until_asleep(id);
  void* result;
  CHECK(pthread_cancel(waiter) == 0 && pthread_join(waiter, &result) == 0 && result == PTHREAD_CANCELED);
}

NOINLINE static void be_alone() {
  const std::lock_guard guard(ledger);
  pass_ms(100);
}

// Each has a record of its own: more than there are places before those of ended threads are given away.
static void make_threads() {
  std::mutex other;
  for (int i = 0; i < 300; ++i) make_wait(other, 0);
}

int main(int, char** words) {
  end_in_wait();
  if (words[1] && !strcmp(words[1], "report")) CHECK(lockwrap_write_profile("/dev/null") == 0);
  if (words[1] && !strcmp(words[1], "threads")) make_threads();
  be_alone();
  const auto start_ns = now_ns();
  make_wait(ledger, 30);
  printf("wait_ns=%lld\n", now_ns() - start_ns);
}
