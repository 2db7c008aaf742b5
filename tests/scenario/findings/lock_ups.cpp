// Threads that wait for a lock for a second and more, in no circle: the holder does something else. table.sh sets stuck_after_ms=1000.
#include "locks.h"

namespace {

std::mutex accounts, journal;
std::shared_mutex prices;

// Another thread holds `accounts` and does `work`, which never ends; a third one wants it.
[[noreturn]] void want_accounts_while(Work work) {
  std::atomic<bool> holds = false;
  lock_up([&] {
    accounts.lock();
    holds = true;
    work();
  });
  while (!holds) sched_yield();
  lock_up([] { accounts.lock(); });
  leave_hanging();
}

void holder_sleeps() {
  want_accounts_while([] {
    for (;;) pass_ms(10'000);
  });
}

void holder_computes() {
  want_accounts_while([] {
    for (;;) asm volatile("");
  });
}

void holder_reads_a_pipe() {
  want_accounts_while([] {
    int ends[2];
    char byte;
    CHECK(pipe(ends) == 0 && read(ends[0], &byte, 1) == 1);
  });
}

void holder_waits_for_condition() {
  static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
  static PthreadMutex table;
  want_accounts_while([] {
    table.lock();
    for (;;) pthread_cond_wait(&never, table.get());
  });
}

void holder_waits_for_semaphore() {
  static sem_t never;
  CHECK(sem_init(&never, 0, 0) == 0);
  want_accounts_while([] { CHECK(sem_wait(&never) == 0); });
}

// The other one would come to the barrier after its lock.
void holder_waits_at_barrier() {
  static pthread_barrier_t both;
  CHECK(pthread_barrier_init(&both, nullptr, 2) == 0);
  want_accounts_while([] { pthread_barrier_wait(&both); });
}

void holder_joins() {
  want_accounts_while([] {
    std::thread([] {
      for (;;) pause();
    }).join();
  });
}

void one_unlock_missing() {
  static std::recursive_mutex tree;
  leave_behind([] { tree.lock(), tree.lock(), tree.unlock(); });
  lock_up([] { tree.lock(); });
  leave_hanging();
}

// There is always a reader.
void writer_starves() {
  for (int i = 0; i < 2; ++i) {
    lock_up([i] {
      if (i == 1) pass_ms(25);
      for (;;) {
        prices.lock_shared();
        pass_ms(50);
        prices.unlock_shared();
      }
    });
  }
  pass_ms(50);
  lock_up([] {
    prices.lock();
    for (;;) pause();
  });
  leave_hanging();
}

constexpr Case kCases[] = {
    CASE(holder_sleeps, Expect::kStuck, "the holder sleeps"),
    CASE(holder_computes, Expect::kStuck, "the holder computes"),
    CASE(holder_reads_a_pipe, Expect::kStuck, "the holder reads from a pipe into which nobody writes"),
    CASE(holder_waits_for_condition, Expect::kStuck, "the holder waits for a condition that nobody signals"),
    CASE(holder_waits_for_semaphore, Expect::kStuck, "the holder waits for a semaphore that nobody posts"),
    CASE(holder_waits_at_barrier, Expect::kStuck, "the holder waits at a barrier for the thread that wants its lock"),
    CASE(holder_joins, Expect::kStuck, "the holder joins a thread that never ends"),
    CASE(one_unlock_missing, Expect::kStuck, "a recursive mutex is released once too few, its owner idles"),
    CASE(writer_starves, Expect::kStuck, "two readers take turns, the writer never has one"),
};

}  // namespace

std::span<const Case> lock_ups() { return kCases; }
