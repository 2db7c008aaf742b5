// What happens while a thread waits for a readers-writer lock: who may pass whom, times, signals, cancellation, other processes; and
// use at the ends of a program's and a thread's life.
#include "rwlock_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

bool is_shared(const Kind& kind) { return kind.shared == kShared; }

int lock_as(bool writer, pthread_rwlock_t* lock) { return writer ? pthread_rwlock_wrlock(lock) : pthread_rwlock_rdlock(lock); }

// The other side waits while this one has the lock, and gets it at the release.
void say_wait(const Kind& kind, bool holder_writes, bool waiter_writes, bool for_long = false) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  std::atomic<bool> released{false};
  SAY_AS("holder", lock_as(holder_writes, lock));
  auto body = [&] {
    SAY_AS("waiter", lock_as(waiter_writes, lock));
    SAY_WHETHER("released before", released.load());
    if (for_long) say_slept();
    say_held(1);
    SAY(pthread_rwlock_unlock(lock));
    say_held(0);
  };
  const pthread_t thread = asleep_in(body);
  if (for_long) let_it_wait_for_long();
  released = true;
  const int unlocked = pthread_rwlock_unlock(lock);
  join(thread);
  SAY_AS("unlock", unlocked);
  SAY(pthread_rwlock_trywrlock(lock));
}

// With a reader inside and a writer waiting: whether a second reader passes.
void say_who_passes(const Kind& kind) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_rdlock(lock));
  auto writer = [&] { CHECK(pthread_rwlock_wrlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0); };
  const pthread_t waiting = asleep_in(writer);
  elsewhere([=] {
    int result;
    SAY(result = pthread_rwlock_tryrdlock(lock));
    if (result == 0) SAY(pthread_rwlock_unlock(lock));
    const timespec until = after_ms(CLOCK_REALTIME, 20);
    SAY(result = pthread_rwlock_timedrdlock(lock, &until));
    if (result == 0) SAY(pthread_rwlock_unlock(lock));
  });
  int again;
  SAY_AS("the reader again", again = pthread_rwlock_tryrdlock(lock));
  if (again == 0) CHECK(pthread_rwlock_unlock(lock) == 0);
  CHECK(pthread_rwlock_unlock(lock) == 0);
  join(waiting);
  SAY(pthread_rwlock_trywrlock(lock));
}

pthread_rwlock_t* late_lock;
pthread_key_t last_key;

void use_late() {
  SAY(pthread_rwlock_wrlock(late_lock));
  SAY(pthread_rwlock_unlock(late_lock));
  SAY(pthread_rwlock_rdlock(late_lock));
  SAY(pthread_rwlock_unlock(late_lock));
}

int early_results[3];
pthread_rwlock_t early_lock = PTHREAD_RWLOCK_INITIALIZER;
__attribute__((constructor(101))) void use_early() {
  early_results[0] = pthread_rwlock_rdlock(&early_lock);
  early_results[1] = pthread_rwlock_trywrlock(&early_lock);
  early_results[2] = pthread_rwlock_unlock(&early_lock);
}

}  // namespace

CASE("rwlock wrlock: waits for a writer", kRwlocks) { say_wait(kind, true, true); }
CASE("rwlock wrlock: waits for a reader", kRwlocks) { say_wait(kind, false, true); }
CASE("rwlock rdlock: waits for a writer", kRwlocks) { say_wait(kind, true, false); }
CASE("rwlock wrlock: waits for a writer for long", kRwlocks) { say_wait(kind, true, true, true); }
CASE("rwlock wrlock: waits for a reader for long", kRwlocks) { say_wait(kind, false, true, true); }
CASE("rwlock rdlock: waits for a writer for long", kRwlocks) { say_wait(kind, true, false, true); }
CASE("rwlock rdlock: passes a waiting writer, or not", kRwlocks) { say_who_passes(kind); }

// Longer than the wrapped program's first looks at what keeps it: the writer's place must not be open meanwhile.
CASE("rwlock rdlock: passes a writer that has waited for long, or not", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  CHECK(pthread_rwlock_rdlock(lock) == 0);
  std::atomic<bool> passed{false};
  auto writer = [&] { CHECK(pthread_rwlock_wrlock(lock) == 0 && pthread_rwlock_unlock(lock) == 0); };
  auto reader = [&] {
    const timespec until = after_ms(CLOCK_REALTIME, 350);
    passed = pthread_rwlock_timedrdlock(lock, &until) == 0;
    if (passed) CHECK(pthread_rwlock_unlock(lock) == 0);
  };
  const pthread_t waiting = asleep_in(writer);
  elsewhere(reader);
  SAY_WHETHER("a reader passed", passed.load());
  CHECK(pthread_rwlock_unlock(lock) == 0);
  join(waiting);
}

CASE("rwlock rdlock: two that waited for a writer read together", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_wrlock(lock));
  std::atomic<int> inside{0};
  auto body = [&] {
    CHECK(pthread_rwlock_rdlock(lock) == 0);
    for (++inside; inside < 2;) sched_yield();
    CHECK(pthread_rwlock_unlock(lock) == 0);
  };
  const pthread_t first = asleep_in(body), second = asleep_in(body);
  CHECK(pthread_rwlock_unlock(lock) == 0);
  join(first);
  join(second);
  SAY_AS("inside at once", inside.load());
}

CASE("rwlock wrlock: waits for the last of two readers", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_rdlock(lock));
  elsewhere([=] { SAY(pthread_rwlock_rdlock(lock)); });  // that thread ends with it; any thread may release a reader
  std::atomic<int> left{2};
  auto body = [&] {
    SAY(pthread_rwlock_wrlock(lock));
    SAY_AS("readers left", left.load());
    SAY(pthread_rwlock_unlock(lock));
  };
  const pthread_t thread = asleep_in(body);
  --left;
  CHECK(pthread_rwlock_unlock(lock) == 0);
  --left;
  CHECK(pthread_rwlock_unlock(lock) == 0);
  join(thread);
}

CASE("rwlock timed calls: not before their time, on their clock", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_wrlock(lock));
  elsewhere([=] {
    const auto say_over = [](const char* call, int result, clockid_t clock, const timespec& until) {
      SAY_AS(call, result);
      SAY_WHETHER("its time is over", is_past(clock, until));
    };
    timespec until = after_ms(CLOCK_REALTIME, 10);
    say_over("timedrdlock", pthread_rwlock_timedrdlock(lock, &until), CLOCK_REALTIME, until);
    until = after_ms(CLOCK_REALTIME, 10);
    say_over("timedwrlock", pthread_rwlock_timedwrlock(lock, &until), CLOCK_REALTIME, until);
    for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
      until = after_ms(clock, 10);
      say_over("clockrdlock", pthread_rwlock_clockrdlock(lock, clock, &until), clock, until);
      until = after_ms(clock, 10);
      say_over("clockwrlock", pthread_rwlock_clockwrlock(lock, clock, &until), clock, until);
    }
  });
}

CASE("rwlock timedwrlock: gets it in time", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_rdlock(lock));
  auto body = [=] {
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    SAY(pthread_rwlock_timedwrlock(lock, &until));
    say_held(1);
    SAY(pthread_rwlock_unlock(lock));
  };
  const pthread_t thread = asleep_in(body);
  pthread_rwlock_unlock(lock);
  join(thread);
}

CASE("rwlock timedwrlock: a writer that gave up lets readers pass", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_rdlock(lock));
  elsewhere([=] {
    const timespec until = after_ms(CLOCK_REALTIME, 10);
    SAY(pthread_rwlock_timedwrlock(lock, &until));
    SAY(pthread_rwlock_tryrdlock(lock));
    SAY(pthread_rwlock_unlock(lock));
  });
}

CASE("rwlock calls: are not interrupted by a signal", kRwlocks) {
  for (const bool writer : {false, true}) {
    handle_signal(SIGUSR1, 0);
    const int handled_before = handled;
    pthread_rwlock_t* lock = make_rwlock(kind);
    SAY(pthread_rwlock_wrlock(lock));
    auto body = [=] {
      SAY_AS("waiter", lock_as(writer, lock));
      SAY_AS("handled", handled - handled_before);
      SAY(pthread_rwlock_unlock(lock));
    };
    const pthread_t thread = asleep_in(body);
    pthread_kill(thread, SIGUSR1);
    while (handled == handled_before) sched_yield();
    CHECK(pthread_rwlock_unlock(lock) == 0);
    join(thread);
  }
}

// POSIX allows it for some of them; glibc's are none.
CASE("rwlock calls: are no cancellation points, with or without a wait", kRwlocks) {
  pthread_rwlock_t* lock = make_rwlock(kind);
  std::atomic<bool> survived{false};
  elsewhere([&] {
    pthread_cancel(pthread_self());
    const timespec past{1, 0};
    SAY(pthread_rwlock_rdlock(lock));
    SAY(pthread_rwlock_unlock(lock));
    SAY(pthread_rwlock_wrlock(lock));
    SAY(pthread_rwlock_timedwrlock(lock, &past));
    SAY(pthread_rwlock_unlock(lock));
    survived = true;
    pthread_testcancel();
    survived = false;
  });
  SAY_WHETHER("survived until testcancel", survived.load());
  SAY(pthread_rwlock_wrlock(lock));
  std::atomic<bool> got_it{false};
  auto body = [&] {
    got_it = pthread_rwlock_rdlock(lock) == 0;
    SAY(pthread_rwlock_unlock(lock));
    pthread_testcancel();
    got_it = false;
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  CHECK(pthread_rwlock_unlock(lock) == 0);
  say_cancelled(thread);
  SAY_WHETHER("after it had the lock", got_it.load());
}

CASE("rwlock: between two processes", kRwlocks) {
  if (!is_shared(kind)) not_for_this_kind();
  pthread_rwlock_t* lock = make_rwlock(kind);
  SAY(pthread_rwlock_rdlock(lock));
  in_child([=] {
    const timespec past{1, 0};
    SAY(pthread_rwlock_tryrdlock(lock));
    SAY(pthread_rwlock_unlock(lock));
    SAY(pthread_rwlock_trywrlock(lock));
    SAY(pthread_rwlock_timedwrlock(lock, &past));
  });
  SAY(pthread_rwlock_unlock(lock));
  in_child([=] { SAY(pthread_rwlock_wrlock(lock)); });
  SAY(pthread_rwlock_tryrdlock(lock));  // its writer is gone, and nobody knows
  SAY(pthread_rwlock_unlock(lock));
  SAY(pthread_rwlock_trywrlock(lock));
}

CASE("rwlock: in an exit handler", kRwlocks) {
  late_lock = make_rwlock(kind);
  CHECK(atexit(use_late) == 0);
}

CASE("rwlock: in the last destructor of a thread", kRwlocks) {
  late_lock = make_rwlock(kind);
  pthread_key_t key;
  CHECK(pthread_key_create(&key, [](void* rounds) {
          use_late();
          const auto left = reinterpret_cast<intptr_t>(rounds) - 1;
          if (left) CHECK(pthread_setspecific(last_key, reinterpret_cast<void*>(left)) == 0);
        }) == 0);
  last_key = key;
  elsewhere([&] { CHECK(pthread_setspecific(key, reinterpret_cast<void*>(3)) == 0); });
}

CASE("rwlock: before main", nullptr) {
  for (const int result : early_results) SAY_AS("early", result);
}
