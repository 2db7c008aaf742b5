// Initialising once, threads and waiting for their end.
#include <threads.h>

#include "mutex_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

const timespec kPast{1, 0};

pthread_once_t control;
std::atomic<int> runs;
pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

void count() { ++runs; }
void count_at_gate() {
  ++runs;
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
}
void sleep_for_good() {
  ++runs;
  for (;;) pause();
}

// A thread that ends when `gate` opens, with the value 42.
pthread_t gated_thread() {
  return start([](void*) -> void* {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return reinterpret_cast<void*>(42);
  });
}

void say_join(const char* what, int result, void* value) {
  SAY_AS(what, result);
  if (result == 0) SAY_AS("value", reinterpret_cast<intptr_t>(value));
}

// The gate is closed: another thread sleeps in `wait` until it opens, at once or after long.
template <class Wait>
void say_wait_for_gate(bool for_long, Wait wait) {
  std::atomic<bool> opened{false};
  auto body = [&] {
    wait();
    SAY_WHETHER("opened before", opened.load());
    if (for_long) say_slept();
  };
  const pthread_t waiter = asleep_in(body);
  if (for_long) let_it_wait_for_long();
  opened = true;
  CHECK(pthread_mutex_unlock(&gate) == 0);
  join(waiter);
}

// Others come while the initialiser runs.
void say_wait_for_initialiser(bool for_long) {
  CHECK(pthread_mutex_lock(&gate) == 0);
  auto initialiser = [] { pthread_once(&control, count_at_gate); };
  const pthread_t first = asleep_in(initialiser);
  say_wait_for_gate(for_long, [] { SAY(pthread_once(&control, count)); });
  join(first);
  SAY_AS("runs", runs.load());
}

void say_wait_for_end(bool for_long) {
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t target = gated_thread();
  say_wait_for_gate(for_long, [=] {
    void* value = nullptr;
    const int result = pthread_join(target, &value);
    say_join("join", result, value);
  });
}

void say_wait_for_c11_end(bool for_long) {
  thrd_t thread;
  int value = 0;
  CHECK(pthread_mutex_lock(&gate) == 0);
  SAY(thrd_create(&thread, [](void*) {
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return 42;
  }, nullptr));
  say_wait_for_gate(for_long, [&] { SAY(thrd_join(thread, &value)); });
  SAY_AS("value", value);
}

}  // namespace

CASE("once: runs once", nullptr) {
  SAY(pthread_once(&control, count));
  SAY(pthread_once(&control, count));
  elsewhere([] { SAY(pthread_once(&control, count)); });
  SAY_AS("runs", runs.load());
}

CASE("once: one within another", nullptr) {
  static pthread_once_t inner = PTHREAD_ONCE_INIT;
  SAY(pthread_once(&control, [] {
    ++runs;
    SAY(pthread_once(&inner, count));
  }));
  SAY(pthread_once(&inner, count));
  SAY_AS("runs", runs.load());
}

CASE("once: others wait until the initialiser is done", nullptr) { say_wait_for_initialiser(false); }
CASE("once: others wait for long until the initialiser is done", nullptr) { say_wait_for_initialiser(true); }

CASE("once: an initialiser that is cancelled is run anew by one who waits", nullptr) {
  auto initialiser = [] { pthread_once(&control, sleep_for_good); };
  const pthread_t first = asleep_in(initialiser);
  auto body = [] { SAY(pthread_once(&control, count)); };
  const pthread_t second = asleep_in(body);
  pthread_cancel(first);
  join(second);
  say_cancelled(first);
  SAY_AS("runs", runs.load());
}

// POSIX does not allow it in a handler, but each libc does.
CASE("once: one within the handler of a waiter, who then runs the initialiser itself", nullptr) {
  static pthread_once_t inner = PTHREAD_ONCE_INIT;
  static std::atomic<int> inner_runs;
  struct sigaction action = {};
  action.sa_handler = [](int) {
    pthread_once(&inner, [] { ++inner_runs; });
    ++handled;
  };
  CHECK(sigaction(SIGUSR1, &action, nullptr) == 0);
  auto initialiser = [] { pthread_once(&control, sleep_for_good); };
  const pthread_t first = asleep_in(initialiser);
  auto body = [] { SAY(pthread_once(&control, count)); };
  const pthread_t second = asleep_in(body);
  pthread_kill(second, SIGUSR1);
  while (!handled) sched_yield();
  pthread_cancel(first);
  join(first);
  join(second);
  SAY_AS("runs", runs.load());
  SAY_AS("runs of the inner one", inner_runs.load());
}

CASE("once: is no cancellation point", nullptr) {
  std::atomic<bool> survived{false};
  elsewhere([&] {
    pthread_cancel(pthread_self());
    SAY(pthread_once(&control, count));
    SAY(pthread_once(&control, count));
    survived = true;
  });
  SAY_WHETHER("survived", survived.load());
}

CASE("once: a child forked meanwhile runs the initialiser itself", nullptr) {
  if (!kIsGlibc) not_for_this_kind();
  CHECK(pthread_mutex_lock(&gate) == 0);
  auto initialiser = [] { pthread_once(&control, count_at_gate); };
  const pthread_t first = asleep_in(initialiser);
  in_child([] {
    SAY(pthread_once(&control, count));
    SAY_AS("runs", runs.load());
  });
  CHECK(pthread_mutex_unlock(&gate) == 0);
  join(first);
}

CASE("call_once: runs once, others wait", nullptr) {
  static once_flag flag = ONCE_FLAG_INIT;
  call_once(&flag, count);
  elsewhere([] { call_once(&flag, count); });
  SAY_AS("runs", runs.load());
  static once_flag slow = ONCE_FLAG_INIT;
  CHECK(pthread_mutex_lock(&gate) == 0);
  auto initialiser = [] { call_once(&slow, count_at_gate); };
  const pthread_t first = asleep_in(initialiser);
  say_wait_for_gate(false, [] {
    errno = E2BIG;
    call_once(&slow, count);
    SAY_WHETHER("errno kept", errno == E2BIG);
  });
  join(first);
  SAY_AS("runs", runs.load());
}

CASE("create: the argument arrives, and the function runs once", nullptr) {
  int argument = 0;
  pthread_t thread;
  SAY(pthread_create(&thread, nullptr, [](void* seen) -> void* { return ++runs, seen; }, &argument));
  void* value = nullptr;
  SAY(pthread_join(thread, &value));
  SAY_WHETHER("arrived", value == &argument);
  SAY_AS("runs", runs.load());
  thrd_t other;
  SAY(thrd_create(&other, [](void* seen) { return ++runs, ++*static_cast<int*>(seen); }, &argument));
  SAY(thrd_join(other, nullptr));
  SAY_AS("argument", argument);
  SAY_AS("runs", runs.load());
}

CASE("create: a thread whose stack is too large is refused", nullptr) {
  pthread_attr_t attributes;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, sizeof(size_t) == 8 ? SIZE_MAX / 8 : SIZE_MAX - 0xffffff) == 0);
  pthread_t thread;
  SAY(pthread_create(&thread, &attributes, [](void*) -> void* { return nullptr; }, nullptr));
}

CASE("join: waits for the end, and has the value", nullptr) { say_wait_for_end(false); }
CASE("join: waits for long for the end, and has the value", nullptr) { say_wait_for_end(true); }

// Not here: a second joiner, and two that join each other; glibc 2.36 lets them wait for good.
CASE("join: oneself, a detached one", nullptr) {
  if (!kIsGlibc) not_for_this_kind();
  SAY(pthread_join(pthread_self(), nullptr));
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t detached = gated_thread();
  SAY(pthread_detach(detached));
  SAY(pthread_join(detached, nullptr));
  SAY(pthread_tryjoin_np(detached, nullptr));
  SAY(pthread_timedjoin_np(detached, nullptr, &kPast));
}

CASE("timedjoin, clockjoin: a thread that runs, a past time", nullptr) {
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t target = gated_thread();
  void* value = nullptr;
  SAY(pthread_tryjoin_np(target, &value));
  SAY(pthread_timedjoin_np(target, &value, &kPast));  // a malformed one is not looked at: glibc 2.36 tries again for good
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, clockid_t{12345}}) {
    SAY(pthread_clockjoin_np(target, &value, clock, &kPast));
  }
  CHECK(pthread_mutex_unlock(&gate) == 0);
  const int result = pthread_join(target, &value);
  say_join("join", result, value);
}

CASE("timedjoin, clockjoin: not before their time; in time", nullptr) {
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t first = gated_thread(), second = gated_thread();
  void* value = nullptr;
  timespec until = after_ms(CLOCK_REALTIME, 10);
  SAY(pthread_timedjoin_np(first, &value, &until));
  SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
  until = after_ms(CLOCK_MONOTONIC, 10);
  SAY(pthread_clockjoin_np(first, &value, CLOCK_MONOTONIC, &until));
  SAY_WHETHER("its time is over", is_past(CLOCK_MONOTONIC, until));
  CHECK(pthread_mutex_unlock(&gate) == 0);
  until = after_ms(CLOCK_REALTIME, 1'000'000);
  int result = pthread_timedjoin_np(first, &value, &until);
  say_join("timedjoin", result, value);
  until = after_ms(CLOCK_MONOTONIC, 1'000'000);
  value = nullptr;
  result = pthread_clockjoin_np(second, &value, CLOCK_MONOTONIC, &until);
  say_join("clockjoin", result, value);
}

CASE("join: a cancelled joiner leaves the thread to be joined", nullptr) {
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t target = gated_thread();
  for (const int which : kWaysToJoin) {
    auto body = [=] {
      const timespec realtime = after_ms(CLOCK_REALTIME, 1'000'000), monotonic = after_ms(CLOCK_MONOTONIC, 1'000'000);
      if (which == 0) pthread_join(target, nullptr);
      if (which == 1) pthread_timedjoin_np(target, nullptr, &realtime);
      if (which == 2) pthread_clockjoin_np(target, nullptr, CLOCK_MONOTONIC, &monotonic);
    };
    const pthread_t joiner = asleep_in(body);
    pthread_cancel(joiner);
    say_cancelled(joiner);
  }
  CHECK(pthread_mutex_unlock(&gate) == 0);
  void* value = nullptr;
  const int result = pthread_join(target, &value);
  say_join("join", result, value);
}

CASE("join: a signal does not end it", nullptr) {
  handle_signal(SIGUSR1, 0);
  CHECK(pthread_mutex_lock(&gate) == 0);
  const pthread_t target = gated_thread();
  auto body = [=] {
    void* value = nullptr;
    const int result = pthread_join(target, &value);
    say_join("join", result, value);
  };
  const pthread_t joiner = asleep_in(body);
  pthread_kill(joiner, SIGUSR1);
  while (!handled) sched_yield();
  CHECK(pthread_mutex_unlock(&gate) == 0);
  join(joiner);
}

CASE("join: of a cancelled, of an exited thread", nullptr) {
  void* value = nullptr;
  pthread_t target = start([](void*) -> void* {
    for (;;) pause();
  });
  pthread_cancel(target);
  SAY(pthread_join(target, &value));
  SAY_WHETHER("cancelled", value == PTHREAD_CANCELED);
  target = start([](void*) -> void* { pthread_exit(reinterpret_cast<void*>(7)); });
  int result = pthread_join(target, &value);
  say_join("join", result, value);
}

CASE("thrd_join: waits for the end, and has the value", nullptr) { say_wait_for_c11_end(false); }
CASE("thrd_join: waits for long for the end, and has the value", nullptr) { say_wait_for_c11_end(true); }

CASE("thrd_join: of an exited thread", nullptr) {
  thrd_t thread;
  int value = 0;
  SAY(thrd_create(&thread, [](void*) { thrd_exit(7); return 0; }, nullptr));
  SAY(thrd_join(thread, &value));
  SAY_AS("value", value);
}
