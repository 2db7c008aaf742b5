// Programs of which something false was told once, or nothing where there was something. Each says what had gone wrong.
#include <lockwrap/lockwrap.h>
#include <sys/mman.h>

#include <condition_variable>
#include <stdexcept>

#include "locks.h"

namespace {

std::mutex accounts, journal, vault, gate;
constexpr const char* kNoThrowingInitialiser = "no exception leaves pthread_once of this libc, which has no unwind table";

// The wait for an initialiser was still published while the waiter, the other one having thrown, ran it itself.
void initialisers_that_throw() {
  if (!kIsGlibc) cannot_be_here(kNoThrowingInitialiser);
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

// A thread whose initialiser threw was taken for the one that runs it, when it tried again and another one did.
void initialiser_tried_again() {
  if (!kIsGlibc) cannot_be_here(kNoThrowingInitialiser);
  std::once_flag configured;
  std::atomic<int> calls = 0;
  const auto configure = [&] {
    if (calls++ == 0) throw std::runtime_error("not yet");
    pass_ms(400);
  };
  std::thread first([&] {
    for (bool is_done = false; !is_done;) {
      try {
        std::call_once(configured, configure);
        is_done = true;
      } catch (const std::runtime_error&) {
        while (calls < 2) sched_yield();
      }
    }
  });
  while (calls < 1) sched_yield();
  std::thread second([&] { std::call_once(configured, configure); });
  first.join();
  second.join();
}

// Of two barriers the threads had passed different ones last.
void two_barriers() {
  static pthread_barrier_t first, second;
  CHECK(pthread_barrier_init(&first, nullptr, 2) == 0 && pthread_barrier_init(&second, nullptr, 2) == 0);
  const auto pass = [](pthread_barrier_t& barrier) {
    const int result = pthread_barrier_wait(&barrier);
    CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
  };
  std::atomic<int> done = 0;
  const auto stay = [&] {
    ++done;
    while (done < 2) sched_yield();
  };
  std::thread early([&] {
    pass(first);
    take_both(accounts, journal);
    pass(second);
    stay();
  });
  std::thread late([&] {
    pass(first);
    pass(second);
    take_both(journal, accounts);
    stay();
  });
  early.join();
  late.join();
}

// A mutex that a thread had before it ended was taken for a reader's hold of the lock that stands there now.
void rwlock_where_a_mutex_was() {
  union Place {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
  };
  static Place place;
  CHECK(pthread_mutex_init(&place.mutex, nullptr) == 0);
  std::thread([] { CHECK(pthread_mutex_lock(&place.mutex) == 0 && pthread_mutex_unlock(&place.mutex) == 0); }).join();
  CHECK(pthread_mutex_destroy(&place.mutex) == 0 && pthread_rwlock_init(&place.rwlock, nullptr) == 0);
  CHECK(pthread_rwlock_rdlock(&place.rwlock) == 0);
  {
    const WaitingThread writer([] { CHECK(pthread_rwlock_wrlock(&place.rwlock) == 0 && pthread_rwlock_unlock(&place.rwlock) == 0); });
    pass_ms(400);
    CHECK(pthread_rwlock_unlock(&place.rwlock) == 0);
  }
}

// The text of a circle read the memory of a lock that is gone.
void ring_with_a_lock_that_is_gone() {
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(page != MAP_FAILED);
  auto* gone = new (page) std::mutex;
  in_turn({[&] { take_both(accounts, *gone); },
           [&] { take_both(*gone, journal); },
           [&] {
             gone->~mutex();
             CHECK(munmap(page, 4096) == 0);
             take_both(journal, accounts);
           }});
}

constexpr Case kCases[] = {
    CASE(initialiser_tried_again, Expect::kSilent, "std::call_once, whose initialiser threw, again while another thread runs it"),
    CASE(two_barriers, Expect::kSilent, "two phases between which there are two barriers"),
    CASE(rwlock_where_a_mutex_was, Expect::kSilent, "a readers-writer lock in the place of a mutex that an ended thread had"),
    CASE(ring_with_a_lock_that_is_gone, Expect::kLockOrder, "a ring of three, one of which is unmapped before the last order is used"),
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
