// What happens while a thread waits for a mutex: times, signals, cancellation, fork, other processes; and use at the ends of
// a program's and a thread's life.
#include "mutex_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

void say_wait(const Kind& kind, bool for_long) {
  pthread_mutex_t* mutex = make_mutex(kind);
  std::atomic<bool> released{false};
  SAY(pthread_mutex_lock(mutex));
  auto body = [&] {
    SAY(pthread_mutex_lock(mutex));
    SAY_WHETHER("released before", released.load());
    if (for_long) say_slept();
    elsewhere([=] { SAY(pthread_mutex_trylock(mutex)); });
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  if (for_long) let_it_wait_for_long();
  released = true;
  const int unlocked = pthread_mutex_unlock(mutex);
  join(thread);
  SAY_AS("unlock", unlocked);
  SAY(pthread_mutex_destroy(mutex));
}

}  // namespace

CASE("mutex lock: waits until the release", kEveryKind) { say_wait(kind, false); }
CASE("mutex lock: a long wait ends with the release, and holds once", kEveryKind) { say_wait(kind, true); }

CASE("mutex timedlock, clocklock: not before their time", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  elsewhere([=] {
    timespec until = after_ms(CLOCK_REALTIME, 20);
    SAY(pthread_mutex_timedlock(mutex, &until));
    SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
    until = after_ms(CLOCK_REALTIME, 20);
    SAY(pthread_mutex_clocklock(mutex, CLOCK_REALTIME, &until));
    SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
    until = after_ms(CLOCK_MONOTONIC, 20);
    int result;
    SAY_AS("clocklock, monotonic", result = pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until));
    if (result == ETIMEDOUT) SAY_WHETHER("its time is over", is_past(CLOCK_MONOTONIC, until));
  });
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex timedlock: gets it in time", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  auto body = [=] {
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    SAY(pthread_mutex_timedlock(mutex, &until));
    say_held(1);
    SAY(pthread_mutex_unlock(mutex));
    say_held(0);
  };
  const pthread_t thread = asleep_in(body);
  pthread_mutex_unlock(mutex);
  join(thread);
}

CASE("mutex lock: is not interrupted by a signal", kEveryKind) {
  handle_signal(SIGUSR1, 0);
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  auto body = [=] {
    SAY(pthread_mutex_lock(mutex));
    SAY_WHETHER("handled", handled == 1);
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  pthread_kill(thread, SIGUSR1);
  while (!handled) sched_yield();
  const int unlocked = pthread_mutex_unlock(mutex);
  join(thread);
  SAY_AS("unlock", unlocked);
}

CASE("mutex timedlock: is not interrupted by a signal", kEveryKind) {
  handle_signal(SIGUSR1, 0);
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  auto body = [=] {
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    SAY(pthread_mutex_timedlock(mutex, &until));
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  pthread_kill(thread, SIGUSR1);
  while (!handled) sched_yield();
  const int unlocked = pthread_mutex_unlock(mutex);
  join(thread);
  SAY_AS("unlock", unlocked);
}

CASE("mutex calls: are no cancellation points", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  std::atomic<bool> survived{false};
  auto body = [&] {
    pthread_cancel(pthread_self());
    const timespec past{1, 0};
    int result;
    SAY(pthread_mutex_lock(mutex));
    SAY(pthread_mutex_unlock(mutex));
    SAY(pthread_mutex_trylock(mutex));
    SAY(pthread_mutex_unlock(mutex));
    SAY(pthread_mutex_timedlock(mutex, &past));
    SAY(pthread_mutex_unlock(mutex));
    SAY_AS("clocklock", result = pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &past));
    if (result == 0) SAY(pthread_mutex_unlock(mutex));
    survived = true;
    pthread_testcancel();
    survived = false;
  };
  elsewhere(body);
  SAY_WHETHER("survived until testcancel", survived.load());
}

CASE("mutex lock: a cancelled waiter gets it first", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  std::atomic<bool> got_it{false};
  auto body = [&] {
    got_it = pthread_mutex_lock(mutex) == 0;
    SAY(pthread_mutex_unlock(mutex));
    pthread_testcancel();
    got_it = false;
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  const int unlocked = pthread_mutex_unlock(mutex);
  say_cancelled(thread);
  SAY_AS("unlock", unlocked);
  SAY_WHETHER("after it had the mutex", got_it.load());
}

CASE("mutex lock: used by a forked child that inherits it", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  if (kind.shared == kShared || is_robust(kind) || kind.protocol == kInherit) {
    not_for_this_kind();  // by its number, which the child does not have
  }
  SAY_AS("taken", pthread_mutex_lock(mutex));
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    pthread_mutex_t free_one = PTHREAD_MUTEX_INITIALIZER;
    SAY(pthread_mutex_lock(&free_one));
    SAY(pthread_mutex_unlock(&free_one));
    elsewhere([&] {
      SAY(pthread_mutex_lock(&free_one));
      SAY(pthread_mutex_unlock(&free_one));
    });
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("child", status);
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex lock: between two processes", kEveryKind) {
  if (kind.shared != kShared || (is_robust(kind) && !deaths_of_owners_are_told())) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    SAY(pthread_mutex_trylock(mutex));
    const timespec past{1, 0};
    SAY(pthread_mutex_timedlock(mutex, &past));
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("child", status);
  SAY(pthread_mutex_unlock(mutex));
  const pid_t second = fork();
  CHECK(second >= 0);
  if (second == 0) {
    SAY(pthread_mutex_lock(mutex));
    _exit(is_robust(kind) ? 0 : pthread_mutex_unlock(mutex));
  }
  CHECK(waitpid(second, &status, 0) == second);
  SAY_AS("second child", status);
  SAY(pthread_mutex_lock(mutex));  // robust: the owner died
  SAY(pthread_mutex_unlock(mutex));
}

namespace {

pthread_mutex_t* late_mutex;
pthread_key_t last_key;

void use_late() {
  SAY(pthread_mutex_lock(late_mutex));
  SAY(pthread_mutex_unlock(late_mutex));
  SAY(pthread_mutex_trylock(late_mutex));
  SAY(pthread_mutex_unlock(late_mutex));
}

int early_results[3];
pthread_mutex_t early_mutex = PTHREAD_MUTEX_INITIALIZER;
__attribute__((constructor(101))) void use_early() {
  early_results[0] = pthread_mutex_lock(&early_mutex);
  early_results[1] = pthread_mutex_trylock(&early_mutex);
  early_results[2] = pthread_mutex_unlock(&early_mutex);
}

}  // namespace

CASE("mutex lock: in an exit handler", kEveryKind) {
  late_mutex = make_mutex(kind);
  CHECK(atexit(use_late) == 0);
}

CASE("mutex lock: in the last destructor of a thread", kEveryKind) {
  late_mutex = make_mutex(kind);
  pthread_key_t key;
  CHECK(pthread_key_create(&key, [](void* rounds) {
          use_late();
          const auto left = reinterpret_cast<intptr_t>(rounds) - 1;
          if (left) CHECK(pthread_setspecific(last_key, reinterpret_cast<void*>(left)) == 0);
        }) == 0);
  last_key = key;
  elsewhere([&] { CHECK(pthread_setspecific(key, reinterpret_cast<void*>(3)) == 0); });
}

CASE("mutex lock: before main", nullptr) {
  for (const int result : early_results) SAY_AS("early", result);
}
