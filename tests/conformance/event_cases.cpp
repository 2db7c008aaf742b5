// Semaphores and barriers: results in every state, times, signals and EINTR, cancellation, other processes.
#include <limits.h>
#include <semaphore.h>

#include "mutex_cases.h"
#include "signal_cases.h"

using namespace conformance;

namespace {

const timespec kPast{1, 0}, kMalformed{1, 1'000'000'000}, kNegative{1, -1};

sem_t* make_semaphore(const Kind& kind, unsigned count) {
  auto* semaphore = static_cast<sem_t*>(shared_page());
  SAY_AS("sem_init", sem_init(semaphore, kind.shared == kShared, count));
  return semaphore;
}

void say_count(sem_t* semaphore) {
  int count = -1;
  CHECK(sem_getvalue(semaphore, &count) == 0);
  SAY_AS("count", count);
}

void say_timed(sem_t* semaphore, const timespec* until) {
  SAY(sem_timedwait(semaphore, until));
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, clockid_t{12345}}) {
    SAY(sem_clockwait(semaphore, clock, until));
  }
  say_count(semaphore);
}

pthread_barrier_t* make_barrier(const Kind& kind, unsigned count) {
  auto* barrier = static_cast<pthread_barrier_t*>(shared_page());
  pthread_barrierattr_t attributes;
  CHECK(pthread_barrierattr_init(&attributes) == 0 && pthread_barrierattr_setpshared(&attributes, kind.shared) == 0);
  SAY_AS("pthread_barrier_init", pthread_barrier_init(barrier, &attributes, count));
  return barrier;
}

// musl's sem_wait tries first, and leaves EAGAIN in errno if it came before the post: not to be compared where either may come first.
int wait_for_post(sem_t* semaphore) {
  const int errno_before = errno;
  const int result = sem_wait(semaphore);
  if (!kIsGlibc && result == 0) errno = errno_before;
  return result;
}

sem_t* posted_by_handler;
std::atomic<int> handled_posts;

}  // namespace

CASE("semaphore: counts down and up", kSharing) {
  sem_t* semaphore = make_semaphore(kind, 2);
  SAY(sem_wait(semaphore));
  SAY(sem_trywait(semaphore));
  SAY(sem_trywait(semaphore));
  SAY(sem_post(semaphore));
  say_count(semaphore);
  SAY(sem_wait(semaphore));
  SAY(sem_destroy(semaphore));
}

CASE("semaphore timedwait, clockwait: a free one; a past, a malformed time", kSharing) {
  for (const timespec* until : {&kPast, &kMalformed, &kNegative}) {
    sem_t* semaphore = make_semaphore(kind, 20);
    say_timed(semaphore, until);
  }
}

CASE("semaphore timedwait, clockwait: none left; a past, a malformed time", kSharing) {
  sem_t* semaphore = make_semaphore(kind, 0);
  for (const timespec* until : {&kPast, &kMalformed, &kNegative}) say_timed(semaphore, until);
}

CASE("semaphore timedwait, clockwait: not before their time", kSharing) {
  sem_t* semaphore = make_semaphore(kind, 0);
  timespec until = after_ms(CLOCK_REALTIME, 10);
  SAY(sem_timedwait(semaphore, &until));
  SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    until = after_ms(clock, 10);
    SAY(sem_clockwait(semaphore, clock, &until));
    SAY_WHETHER("its time is over", is_past(clock, until));
  }
}

CASE("semaphore post: at the limit", kSharing) {
  sem_t* semaphore = make_semaphore(kind, SEM_VALUE_MAX);
  SAY(sem_post(semaphore));
  say_count(semaphore);
  SAY(sem_wait(semaphore));
  SAY(sem_post(semaphore));
  SAY_AS("sem_init of too much", sem_init(semaphore, 0, SEM_VALUE_MAX + 1u));
}

CASE("semaphore wait: waits until the post", kSharing) {
  sem_t* semaphore = make_semaphore(kind, 0);
  std::atomic<bool> posted{false};
  auto body = [&] {
    SAY(sem_wait(semaphore));
    SAY_WHETHER("posted before", posted.load());
  };
  const pthread_t thread = asleep_in(body);
  posted = true;
  CHECK(sem_post(semaphore) == 0);
  join(thread);
  say_count(semaphore);
}

CASE("semaphore waits: a handler without SA_RESTART ends them with EINTR, one with it does not", kSharing) {
  for (const int flags : {0, SA_RESTART}) {
    for (const int which : kWaysToWaitForSemaphore) {
      sem_t* semaphore = make_semaphore(kind, 0);
      handle_signal(SIGUSR1, flags);
      const int before = handled;
      auto body = [=] {
        const timespec until = after_ms(CLOCK_REALTIME, 1'000'000), monotonic = after_ms(CLOCK_MONOTONIC, 1'000'000);
        if (which == 0) SAY(sem_wait(semaphore));
        if (which == 1) SAY(sem_timedwait(semaphore, &until));
        if (which == 2) SAY(sem_clockwait(semaphore, CLOCK_MONOTONIC, &monotonic));
      };
      const pthread_t thread = asleep_in(body);
      pthread_kill(thread, SIGUSR1);
      while (handled == before) sched_yield();
      if (flags == SA_RESTART) CHECK(sem_post(semaphore) == 0);
      join(thread);
      say_count(semaphore);
    }
  }
}

CASE("semaphore waits: are cancellation points, also with something left", kSharing) {
  for (const unsigned count : {0u, 1u}) {
    for (const int which : kWaysToWaitForSemaphore) {
      sem_t* semaphore = make_semaphore(kind, count);
      std::atomic<int> reached{0};
      elsewhere([&] {
        pthread_cancel(pthread_self());
        SAY(sem_trywait(semaphore));
        SAY(sem_post(semaphore));
        if (count == 0) SAY(sem_trywait(semaphore));
        reached = 1;
        if (which == 0) sem_wait(semaphore);
        if (which == 1) sem_timedwait(semaphore, &kPast);
        if (which == 2) sem_clockwait(semaphore, CLOCK_REALTIME, &kPast);
        reached = 2;
      });
      SAY_AS("reached", reached.load());
      say_count(semaphore);
    }
  }
}

CASE("semaphore wait: a sleeping one is cancelled", kSharing) {
  for (const int type : {PTHREAD_CANCEL_DEFERRED, PTHREAD_CANCEL_ASYNCHRONOUS}) {
    sem_t* semaphore = make_semaphore(kind, 0);
    std::atomic<int> cleaned{0};
    auto body = [&] {
      pthread_setcanceltype(type, nullptr);
      pthread_cleanup_push([](void* count) { ++*static_cast<std::atomic<int>*>(count); }, &cleaned);
      sem_wait(semaphore);
      pthread_cleanup_pop(0);
    };
    const pthread_t thread = asleep_in(body);
    pthread_cancel(thread);
    say_cancelled(thread);
    SAY_AS("cleaned up", cleaned.load());
    SAY(sem_post(semaphore));
    say_count(semaphore);
  }
}

CASE("semaphore wait: is not cancelled while cancellation is disabled", kSharing) {
  sem_t* semaphore = make_semaphore(kind, 0);
  auto body = [&] {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    SAY(sem_wait(semaphore));
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  CHECK(sem_post(semaphore) == 0);
  join(thread);
}

CASE("semaphore post: in a signal handler that interrupts the wait", kSharing) {
  posted_by_handler = make_semaphore(kind, 0);
  struct sigaction action = {};
  action.sa_handler = [](int) {
    sem_post(posted_by_handler);
    ++handled_posts;
  };
  action.sa_flags = SA_RESTART;
  CHECK(sigaction(SIGUSR1, &action, nullptr) == 0);
  auto body = [&] {
    for (int round = 0; round < 3; ++round) SAY(wait_for_post(posted_by_handler));
  };
  const pthread_t thread = asleep_in(body);
  for (int round = 0; round < 3; ++round) {
    pthread_kill(thread, SIGUSR1);
    while (handled_posts <= round) sched_yield();
    for (int count = 1; count > 0;) {
      sched_yield();
      CHECK(sem_getvalue(posted_by_handler, &count) == 0);
    }
  }
  join(thread);
  say_count(posted_by_handler);
}

CASE("semaphore: between two processes", kSharing) {
  if (kind.shared != kShared) not_for_this_kind();
  sem_t* there = make_semaphore(kind, 0);
  sem_t* back = make_semaphore(kind, 0);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) _exit(sem_wait(there) || sem_post(back));
  SAY(sem_trywait(back));
  SAY(sem_post(there));
  SAY(wait_for_post(back));
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("child", status);
}

CASE("barrier: lets all go at once, one of them is told", kSharing) {
  pthread_barrier_t* barrier = make_barrier(kind, 4);
  std::atomic<int> serial{0}, others{0};
  for (int round = 0; round < 3; ++round) {
    auto body = [&] {
      const int result = pthread_barrier_wait(barrier);
      if (result == PTHREAD_BARRIER_SERIAL_THREAD) ++serial;
      if (result == 0) ++others;
    };
    pthread_t threads[3];
    for (pthread_t& thread : threads) thread = asleep_in(body);
    SAY_AS("gone before the last", serial + others - 4 * round);
    body();
    for (const pthread_t thread : threads) join(thread);
  }
  SAY_AS("serial", serial.load());
  SAY_AS("others", others.load());
  SAY(pthread_barrier_destroy(barrier));
}

CASE("barrier: of one, of none", kSharing) {
  pthread_barrier_t* barrier = make_barrier(kind, 1);
  SAY(pthread_barrier_wait(barrier));
  SAY(pthread_barrier_wait(barrier));
  SAY(pthread_barrier_destroy(barrier));
  make_barrier(kind, 0);
}

CASE("barrier wait: is no cancellation point and is not interrupted", kSharing) {
  handle_signal(SIGUSR1, 0);
  pthread_barrier_t* barrier = make_barrier(kind, 2);
  std::atomic<bool> passed{false};
  auto body = [&] {
    const int result = pthread_barrier_wait(barrier);
    passed = result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD;
    pthread_testcancel();
    passed = false;
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  pthread_kill(thread, SIGUSR1);
  while (!handled) sched_yield();
  pthread_barrier_wait(barrier);
  say_cancelled(thread);
  SAY_WHETHER("after it had passed", passed.load());
}

CASE("barrier: between two processes", kSharing) {
  if (kind.shared != kShared) not_for_this_kind();
  pthread_barrier_t* barrier = make_barrier(kind, 2);
  const pid_t child = fork();
  CHECK(child >= 0);
  const int result = pthread_barrier_wait(barrier);
  if (child == 0) _exit(result ? 1 : 0);
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("serial threads", (status != 0) + (result != 0));
}
