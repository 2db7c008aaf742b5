// Conditions, with a mutex of each kind: results in every state, what a wait gives up and takes again, times, signals, cancellation,
// other processes.
#include "mutex_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

pthread_cond_t* make_condition(const Kind& kind, clockid_t clock = CLOCK_REALTIME) {
  auto* condition = static_cast<pthread_cond_t*>(shared_page());
  pthread_condattr_t attributes;
  CHECK(pthread_condattr_init(&attributes) == 0);
  CHECK(pthread_condattr_setclock(&attributes, clock) == 0);
  CHECK(pthread_condattr_setpshared(&attributes, kind.shared) == 0);
  SAY_AS("pthread_cond_init", pthread_cond_init(condition, &attributes));
  return condition;
}

// Whether a thread other than this one finds the mutex taken.
void say_taken(pthread_mutex_t* mutex) {
  elsewhere([=] {
    int result;
    SAY_AS("trylock elsewhere", result = pthread_mutex_trylock(mutex));
    if (result == 0) pthread_mutex_unlock(mutex);
  });
}

const timespec kPast{1, 0}, kMalformed{1, 1'000'000'000}, kNegative{1, -1};

}  // namespace

CASE("condition wait: gives the mutex up, and has it again", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  bool ready = false;
  auto body = [&] {
    SAY(pthread_mutex_lock(mutex));
    while (!ready) {
      if (pthread_cond_wait(condition, mutex) != 0) SAY_AS("wait", -1);
    }
    say_taken(mutex);
    say_held(1);
    SAY(pthread_mutex_unlock(mutex));
    say_taken(mutex);
    say_held(0);
  };
  const pthread_t thread = asleep_in(body);
  const int locked = pthread_mutex_lock(mutex);
  ready = true;
  const int signalled = pthread_cond_signal(condition);
  const int unlocked = pthread_mutex_unlock(mutex);
  join(thread);
  SAY_AS("lock", locked);
  SAY_AS("signal", signalled);
  SAY_AS("unlock", unlocked);
  SAY(pthread_cond_destroy(condition));
  SAY(pthread_mutex_destroy(mutex));
}

CASE("condition wait: has the mutex only when the one who wakes it gives it up, after long", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  bool ready = false;
  std::atomic<bool> released{false};
  auto body = [&] {
    CHECK(pthread_mutex_lock(mutex) == 0);
    int errors = 0;
    while (!ready) errors += pthread_cond_wait(condition, mutex) != 0;
    SAY_WHETHER("released before", released.load());
    SAY_AS("errors", errors);
    say_slept();
    say_taken(mutex);
    say_held(1);
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  CHECK(pthread_mutex_lock(mutex) == 0);
  ready = true;
  CHECK(pthread_cond_signal(condition) == 0);
  let_it_wait_for_long();
  released = true;
  CHECK(pthread_mutex_unlock(mutex) == 0);
  join(thread);
}

CASE("condition timedwait, clockwait: a time that is past, or malformed", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  SAY(pthread_mutex_lock(mutex));
  for (const timespec* until : {&kPast, &kMalformed, &kNegative}) {
    SAY(pthread_cond_timedwait(condition, mutex, until));
    say_taken(mutex);
    for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, clockid_t{12345}}) {
      SAY(pthread_cond_clockwait(condition, mutex, clock, until));
    }
    say_taken(mutex);
  }
  SAY(pthread_mutex_unlock(mutex));
  say_taken(mutex);
}

CASE("condition timedwait: not before its time, on the clock of its attributes", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    pthread_cond_t* condition = make_condition(kind, clock);
    SAY(pthread_mutex_lock(mutex));
    timespec until = after_ms(clock, 10);
    SAY(pthread_cond_timedwait(condition, mutex, &until));
    SAY_WHETHER("its time is over", is_past(clock, until));
    const clockid_t other = clock == CLOCK_REALTIME ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    until = after_ms(other, 10);
    SAY(pthread_cond_clockwait(condition, mutex, other, &until));
    SAY_WHETHER("its time is over", is_past(other, until));
    SAY(pthread_mutex_unlock(mutex));
  }
}

CASE("condition timedwait: is woken in time", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  bool ready = false;
  auto body = [&] {
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    CHECK(pthread_mutex_lock(mutex) == 0);
    int result = 0;
    while (!ready && result == 0) result = pthread_cond_timedwait(condition, mutex, &until);
    SAY_AS("timedwait", result);
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  CHECK(pthread_mutex_lock(mutex) == 0);
  ready = true;
  CHECK(pthread_cond_broadcast(condition) == 0 && pthread_mutex_unlock(mutex) == 0);
  join(thread);
}

// Its mutex must be locked once by this thread; the checked kinds say so, for the others it is undefined.
CASE("condition wait: without the mutex", kEveryKind) {
  if (!is_checked(kind) && !is_counted(kind)) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  const auto say_both = [=] {
    SAY(pthread_cond_wait(condition, mutex));
    SAY(pthread_cond_timedwait(condition, mutex, &kPast));
  };
  say_both();
  SAY(pthread_mutex_lock(mutex));
  elsewhere(say_both);
  SAY(pthread_mutex_unlock(mutex));
}

CASE("condition wait: gives up one level of a recursive mutex", kEveryKind) {
  if (!is_counted(kind)) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_lock(mutex));
  std::atomic<int> tried{-1};
  auto body = [&] {
    tried = pthread_mutex_trylock(mutex);
    pthread_cond_signal(condition);
  };
  const timespec until = after_ms(CLOCK_REALTIME, 20);
  const pthread_t other = running_in(body);
  int result = pthread_cond_timedwait(condition, mutex, &until);
  if (result == ETIMEDOUT) result = 0;  // either may come first
  join(other);
  SAY_AS("timedwait", result);
  SAY_AS("trylock meanwhile", tried.load());
  SAY(pthread_mutex_unlock(mutex));
  say_taken(mutex);
  SAY(pthread_mutex_unlock(mutex));
  say_taken(mutex);
}

CASE("condition wait: a cancelled one has the mutex in its cleanup handlers", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  struct Context {
    pthread_mutex_t* mutex;
    pthread_cond_t* condition;
  } context{mutex, condition};
  auto body = [&] {
    CHECK(pthread_mutex_lock(mutex) == 0);
    pthread_cleanup_push(
        [](void* argument) {
          pthread_mutex_t* taken = static_cast<Context*>(argument)->mutex;
          say_taken(taken);
          say_held(1);
          SAY(pthread_mutex_unlock(taken));
          say_taken(taken);
        },
        &context);
    for (;;) pthread_cond_wait(condition, mutex);
    pthread_cleanup_pop(0);
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  say_cancelled(thread);
  SAY(pthread_mutex_lock(mutex));
}

CASE("condition wait: a cancelled timed one", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  auto body = [&] {
    CHECK(pthread_mutex_lock(mutex) == 0);
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    pthread_cleanup_push([](void* taken) { SAY(pthread_mutex_unlock(static_cast<pthread_mutex_t*>(taken))); }, mutex);
    for (;;) pthread_cond_timedwait(condition, mutex, &until);
    pthread_cleanup_pop(0);
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  say_cancelled(thread);
  say_taken(mutex);
}

CASE("condition wait: is a cancellation point, signal and broadcast are none", nullptr) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  std::atomic<int> reached{0};
  elsewhere([&] {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    pthread_cancel(pthread_self());
    SAY(pthread_cond_signal(&condition));
    SAY(pthread_cond_broadcast(&condition));
    reached = 1;
    pthread_cleanup_push([](void* taken) { SAY(pthread_mutex_unlock(static_cast<pthread_mutex_t*>(taken))); }, &mutex);
    pthread_cond_timedwait(&condition, &mutex, &kPast);
    reached = 2;
    pthread_cleanup_pop(0);
  });
  SAY_AS("reached", reached.load());
}

CASE("condition wait: is not cancelled while cancellation is disabled", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  bool ready = false;
  std::atomic<bool> waited{false};
  auto body = [&] {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    CHECK(pthread_mutex_lock(mutex) == 0);
    while (!ready) pthread_cond_wait(condition, mutex);
    SAY(pthread_mutex_unlock(mutex));
    waited = true;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
    pthread_testcancel();
    waited = false;
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  CHECK(pthread_mutex_lock(mutex) == 0);
  ready = true;
  CHECK(pthread_cond_signal(condition) == 0 && pthread_mutex_unlock(mutex) == 0);
  join(thread);
  SAY_WHETHER("waited, and then was cancelled", waited.load());
}

CASE("condition wait: a signal does not end it with an error", kEveryKind) {
  handle_signal(SIGUSR1, 0);
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  bool ready = false;
  auto body = [&] {
    CHECK(pthread_mutex_lock(mutex) == 0);
    int errors = 0;
    while (!ready) errors += pthread_cond_wait(condition, mutex) != 0;
    SAY_AS("errors", errors);
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  pthread_kill(thread, SIGUSR1);
  while (!handled) sched_yield();
  CHECK(pthread_mutex_lock(mutex) == 0);
  ready = true;
  CHECK(pthread_cond_signal(condition) == 0 && pthread_mutex_unlock(mutex) == 0);
  join(thread);
  SAY_AS("handled", handled.load());
}

CASE("condition signal: each wakes one at least; broadcast wakes all", nullptr) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  for (const bool broadcast : {false, true}) {
    int permits = 0, woken = 0;
    auto body = [&] {
      CHECK(pthread_mutex_lock(&mutex) == 0);
      while (!permits) pthread_cond_wait(&condition, &mutex);
      --permits;
      ++woken;
      CHECK(pthread_mutex_unlock(&mutex) == 0);
    };
    pthread_t threads[5];
    for (pthread_t& thread : threads) thread = asleep_in(body);
    SAY(pthread_mutex_lock(&mutex));
    permits = 5;
    if (broadcast) SAY(pthread_cond_broadcast(&condition));
    else for (int i = 0; i < 5; ++i) SAY(pthread_cond_signal(&condition));
    SAY(pthread_mutex_unlock(&mutex));
    for (const pthread_t thread : threads) join(thread);
    SAY_AS("woken", woken);
  }
}

CASE("condition signal: without a waiter it is lost", nullptr) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  SAY(pthread_cond_signal(&condition));
  SAY(pthread_cond_broadcast(&condition));
  SAY(pthread_mutex_lock(&mutex));
  SAY(pthread_cond_timedwait(&condition, &mutex, &kPast));
  SAY(pthread_mutex_unlock(&mutex));
}

namespace {

// At once after it woke this thread, or when this thread has waited for the mutex for long.
void say_owner_dies(const Kind& kind, bool after_long) {
  if (!is_robust(kind) || is_counted(kind) || !deaths_of_owners_are_told()) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  auto body = [&] {
    CHECK(pthread_mutex_lock(mutex) == 0);
    int result = 0;
    while (result == 0) result = pthread_cond_wait(condition, mutex);
    SAY_AS("wait", result);
    say_taken(mutex);
    say_held(1);
    SAY(pthread_mutex_consistent(mutex));
    SAY(pthread_mutex_unlock(mutex));
  };
  const pthread_t thread = asleep_in(body);
  elsewhere([&] {
    CHECK(pthread_mutex_lock(mutex) == 0 && pthread_cond_signal(condition) == 0);
    if (after_long) let_it_wait_for_long();
  });
  join(thread);
}

}  // namespace

CASE("condition wait: the robust mutex's owner dies meanwhile", kEveryKind) { say_owner_dies(kind, false); }
CASE("condition wait: the robust mutex's owner dies meanwhile, after long", kEveryKind) { say_owner_dies(kind, true); }

CASE("condition: between two processes", kEveryKind) {
  if (kind.shared != kShared) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  pthread_cond_t* condition = make_condition(kind);
  auto* ready = static_cast<int*>(shared_page());
  SAY(pthread_mutex_lock(mutex));
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    CHECK(pthread_mutex_lock(mutex) == 0);
    *ready = 1;
    _exit(pthread_cond_signal(condition) || pthread_mutex_unlock(mutex));
  }
  int errors = 0;
  while (!*ready) errors += pthread_cond_wait(condition, mutex) != 0;
  SAY_AS("errors", errors);
  SAY(pthread_mutex_unlock(mutex));
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("child", status);
}
