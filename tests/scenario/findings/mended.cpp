// Programs of which something false was told once, or nothing where there was something. Each says what had gone wrong.
#include <lockwrap/lockwrap.h>

#include <condition_variable>
#include <stdexcept>

#include "locks.h"

namespace {

std::mutex accounts, journal, vault, gate;

// The wait for an initialiser was still published while the waiter, the other one having thrown, ran it itself.
void initialisers_that_throw() {
  std::once_flag configured;
  std::atomic<int> calls = 0;
  const auto configure = [&] {
    try {
      std::call_once(configured, [&] {
        if (calls++ < 2) {
          pass_ms(60);
          throw std::runtime_error("not yet");
        }
        const std::lock_guard guard(accounts);
      });
    } catch (const std::runtime_error&) {
    }
  };
  std::thread first(configure);
  while (calls < 1) sched_yield();
  std::thread second([&] {
    configure();
    const std::lock_guard guard(accounts);
    pass_ms(400);
  });
  first.join();
  while (calls < 2) sched_yield();
  pass_ms(150);
  std::thread third(configure);
  third.join();
  second.join();
}

// A lock that a signal handler has for a while, on a thread that waits: it gives it back whatever the wait does.
void handler_that_holds() {
  static std::atomic<bool> holds = false;
  CHECK(signal(SIGUSR1, [](int) {
          journal.lock();
          holds = true;
          pass_ms(300);
          journal.unlock();
        }) != SIG_ERR);
  accounts.lock();
  std::atomic<pid_t> id = 0;
  std::thread waiter([&] {
    id = thread_id();
    const std::lock_guard guard(accounts);
  });
  wait_until_asleep(id);
  CHECK(pthread_kill(waiter.native_handle(), SIGUSR1) == 0);
  while (!holds) sched_yield();
  journal.lock();
  journal.unlock();
  accounts.unlock();
  waiter.join();
}

// A lock of the program's own uses a mutex while it waits, which its holder wants, too.
class OwnLock {
 public:
  void lock(long inside_ms) {
    std::unique_lock inner(inner_);
    if (taken_) {
      inner.unlock();
      lockwrap_waiting(this);
      inner.lock();
      pass_ms(inside_ms);
      free_.wait(inner, [&] { return !taken_; });
    }
    taken_ = true;
    lockwrap_acquired(this);
  }
  void look() { const std::lock_guard inner(inner_); }
  void unlock() {
    lockwrap_released(this);
    const std::lock_guard inner(inner_);
    taken_ = false;
    free_.notify_one();
  }

 private:
  std::mutex inner_;
  std::condition_variable free_;
  bool taken_ = false;
};
void own_lock_with_mutex() {
  OwnLock own;
  own.lock(0);
  std::thread waiter([&] {
    own.lock(250);
    own.unlock();
  });
  pass_ms(30);
  own.look();
  own.unlock();
  waiter.join();
}

// An order known of a lock without a number hid that of the next one.
void second_fresh_lock() {
  in_turn({[] { take_both(accounts, journal), take_both(vault, journal); }, [] { take_both(journal, vault); }});
}

// What a thread does before it creates others is no evidence against them; what it does afterwards was not looked at any more.
void again_after_create() {
  take_both(accounts, journal);
  std::atomic<int> turn = 0;
  std::thread other([&] {
    take_both(journal, accounts);
    for (turn = 1; turn < 2;) sched_yield();
  });
  while (turn < 1) sched_yield();
  take_both(accounts, journal);
  turn = 2;
  other.join();
}

// The waiter for a lock, whose holder had just used it as the outer of two, made a record of its own, and the order was lost.
void waited_for_outer_lock() {
  std::atomic<int> turn = 0;
  std::thread holder([&] {
    {
      const std::lock_guard outer(journal);
      const std::lock_guard inner(accounts);
      turn = 1;
      pass_ms(40);
    }
    while (turn < 2) sched_yield();
  });
  while (turn < 1) sched_yield();
  journal.lock();
  journal.unlock();
  take_both(accounts, journal);
  turn = 2;
  holder.join();
}

// With more locks than have room in the first place, and one of the first released, the sums of later ones went wrong.
void forty_held() {
  std::vector<std::mutex> shelf(64);
  for (std::mutex& mutex : shelf) take_both(gate, mutex);
  take_both(gate, accounts);
  in_turn({[&] {
             for (int i = 0; i < 40; ++i) shelf[i].lock();
             accounts.lock(), accounts.unlock();
             shelf[5].unlock();
             accounts.lock(), accounts.unlock();
             take_both(shelf[50], accounts);
             for (int i = 0; i < 40; ++i) {
               if (i != 5) shelf[i].unlock();
             }
           },
           [&] { take_both(accounts, shelf[50]); }});
}

constexpr Case kCases[] = {
    CASE(initialisers_that_throw, Expect::kSilent, "std::call_once, whose initialiser throws twice, and a busy lock"),
    CASE(handler_that_holds, Expect::kSilent, "a signal handler has a lock while its thread waits for another one"),
    CASE(own_lock_with_mutex, Expect::kSilent, "a lock of the program's own, made of a mutex and a condition"),
    CASE(second_fresh_lock, Expect::kLockOrder, "the second lock that is held with the same inner one"),
    CASE(again_after_create, Expect::kLockOrder, "an order used before and after a thread was created"),
    CASE(waited_for_outer_lock, Expect::kLockOrder, "the outer lock is waited for when the order is first used"),
    CASE(forty_held, Expect::kLockOrder, "below forty locks, one of which was released"),
};

}  // namespace

std::span<const Case> mended() { return kCases; }
