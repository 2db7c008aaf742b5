// Locks that are taken by trying, for a limited time, all at once, or by nobody in particular: no order between them can lock up.
#include "locks.h"

namespace {

std::mutex accounts, journal, index_lock;
std::timed_mutex device, bus;

NOINLINE void try_below(std::mutex& first, std::mutex& second) {
  for (;;) {
    const std::lock_guard outer(first);
    if (!second.try_lock()) continue;  // backs off
    second.unlock();
    return;
  }
}
void back_off() {
  in_turn({[] { try_below(accounts, journal); }, [] { try_below(journal, accounts); }});
  together({[] { try_below(accounts, journal); }, [] { try_below(journal, accounts); }}, 3);
}

void try_against_lock() {
  in_turn({[] { try_below(accounts, journal); }, [] { take_both(journal, accounts); }});
}

void std_lock() {
  together({[] {
              for (int i = 0; i < 100; ++i) {
                std::lock(accounts, journal);
                accounts.unlock(), journal.unlock();
              }
            },
            [] {
              for (int i = 0; i < 100; ++i) {
                std::lock(journal, accounts);
                accounts.unlock(), journal.unlock();
              }
            }}, 2);
}

void scoped_lock() {
  in_turn({[] { const std::scoped_lock both(accounts, journal); }, [] { const std::scoped_lock both(journal, accounts); }});
  together({[] { const std::scoped_lock all(accounts, journal, index_lock); },
            [] { const std::scoped_lock all(index_lock, accounts, journal); },
            [] { const std::scoped_lock all(journal, index_lock, accounts); }}, 3);
}

void scoped_lock_against_nested() {
  in_turn({[] { const std::scoped_lock both(accounts, journal); }, [] { take_both(journal, accounts); }});
}

void std_try_lock() {
  const auto try_both = [](std::mutex& first, std::mutex& second) {
    while (std::try_lock(first, second) != -1) sched_yield();
    first.unlock(), second.unlock();
  };
  in_turn({[&] { try_both(accounts, journal); }, [&] { try_both(journal, accounts); }});
}

NOINLINE void lock_for_a_while(std::timed_mutex& first, std::timed_mutex& second) {
  const std::lock_guard outer(first);
  if (second.try_lock_for(std::chrono::milliseconds(100))) second.unlock();
}
void try_lock_for() {
  in_turn({[] { lock_for_a_while(device, bus); }, [] { lock_for_a_while(bus, device); }});
}

void timed_lock() {
  static PthreadMutex first, second;
  const auto lock_both = [](PthreadMutex& outer, PthreadMutex& inner) {
    outer.lock();
    if (inner.try_lock_for_ms(100)) inner.unlock();
    outer.unlock();
  };
  in_turn({[&] { lock_both(first, second); }, [&] { lock_both(second, first); }});
}

void timed_against_lock() {
  in_turn({[] { lock_for_a_while(device, bus); }, [] { take_both(bus, device); }});
}

void timed_read() {
  static std::shared_timed_mutex prices, routes;
  const auto read_below = [](std::shared_timed_mutex& written, std::shared_timed_mutex& read) {
    const std::lock_guard outer(written);
    if (read.try_lock_shared_for(std::chrono::milliseconds(100))) read.unlock_shared();
  };
  in_turn({[&] { read_below(prices, routes); }, [&] { read_below(routes, prices); }});
}

// Both wait in a circle until their time is up.
void circle_until_time_is_up() {
  Meeting both_hold(2), both_gave_up(2);
  const auto give_up = [&](std::timed_mutex& first, std::timed_mutex& second) {
    const std::lock_guard outer(first);
    both_hold.attend();
    CHECK(!second.try_lock_for(std::chrono::milliseconds(400)));
    both_gave_up.attend();
  };
  together({[&] { give_up(device, bus); }, [&] { give_up(bus, device); }});
}

// One of them has a time limit, and goes.
void circle_that_one_leaves() {
  Meeting both_hold(2);
  together({[&] {
              const std::lock_guard outer(device);
              both_hold.attend();
              CHECK(!bus.try_lock_for(std::chrono::milliseconds(600)));
            },
            [&] {
              bus.lock();
              both_hold.attend();
              device.lock();
              device.unlock(), bus.unlock();
            }});
}

// Hours from now one of them would go.
void circle_for_an_hour() {
  lock_up_in_circle({{[] { device.lock(); }, [] { (void)bus.try_lock_for(std::chrono::hours(1)); }},
                     {[] { bus.lock(); }, [] { device.lock(); }}});
}

void semaphores_both_ways() {
  static SemaphoreLock first, second;
  take_both_ways(first, second);
}

void checked_relock() {
  static PthreadMutex checked(PTHREAD_MUTEX_ERRORCHECK);
  checked.lock();
  CHECK(pthread_mutex_lock(checked.get()) == EDEADLK);
  checked.unlock();
  if (!kIsGlibc) return;  // musl's writer would wait for itself
  static std::shared_mutex prices;
  auto* lock = static_cast<pthread_rwlock_t*>(prices.native_handle());
  prices.lock();
  CHECK(pthread_rwlock_wrlock(lock) == EDEADLK && pthread_rwlock_rdlock(lock) == EDEADLK);
  prices.unlock();
}

void own_lock_for_a_while() {
  device.lock();
  CHECK(!device.try_lock_for(std::chrono::milliseconds(300)));
  device.unlock();
}

void handler_that_tries() {
  static std::recursive_mutex tree;
  CHECK(signal(SIGUSR1, [](int) {
          CHECK(!accounts.try_lock());
          tree.lock(), tree.unlock();
        }) != SIG_ERR);
  accounts.lock(), tree.lock();
  CHECK(raise(SIGUSR1) == 0);
  tree.unlock(), accounts.unlock();
}

constexpr Case kCases[] = {
    CASE(back_off, Expect::kSilent, "lock, then try_lock or back off; both ways"),
    CASE(try_against_lock, Expect::kSilent, "try_lock below one way, lock below the other"),
    CASE(std_lock, Expect::kSilent, "std::lock with its arguments both ways"),
    CASE(scoped_lock, Expect::kSilent, "std::scoped_lock with its arguments in any order"),
    CASE(scoped_lock_against_nested, Expect::kSilent, "std::scoped_lock, which waits with nothing held, against nested locks"),
    CASE(std_try_lock, Expect::kSilent, "std::try_lock both ways"),
    CASE(try_lock_for, Expect::kSilent, "try_lock_for below a lock, both ways"),
    CASE(timed_lock, Expect::kSilent, "pthread_mutex_timedlock below a lock, both ways"),
    CASE(timed_against_lock, Expect::kSilent, "try_lock_for below one way, lock below the other"),
    CASE(timed_read, Expect::kSilent, "try_lock_shared_for below a writer, both ways"),
    CASE(circle_until_time_is_up, Expect::kSilent, "two threads wait for each other for 0.4 s, both with a time limit"),
    CASE(circle_that_one_leaves, Expect::kSilent, "the same for 0.6 s; only one of them has a time limit"),
    CASE(circle_for_an_hour, Expect::kSilent, "the same for an hour, of which three seconds are seen"),
    CASE(semaphores_both_ways, Expect::kSilent, "semaphores for locks, both ways: they have no owner"),
    CASE(checked_relock, Expect::kSilent, "libc answers EDEADLK itself"),
    CASE(own_lock_for_a_while, Expect::kSilent, "waits for its own lock with a time limit"),
    CASE(handler_that_tries, Expect::kSilent, "a signal handler tries its thread's mutex and enters its recursive one"),
};

}  // namespace

std::span<const Case> silent_tries() { return kCases; }
