// Readers-writer locks: what each call returns in each state, seen by the thread that made the state and by another one.
#include "rwlock_cases.h"

using conformance::Kind;
using conformance::kRwlocks;
using conformance::make_rwlock;

namespace {

pthread_rwlock_t* lock;
void make(const Kind& kind) { lock = make_rwlock(kind); }

const timespec kPast = {1, 0};
const timespec kMalformed = {1, 1'000'000'000};
const timespec kNegative = {1, -1};

void say_all_tries() {
  SAY(pthread_rwlock_tryrdlock(lock));
  SAY(pthread_rwlock_trywrlock(lock));
}

void say_all_timed(const timespec* until) {
  const int held_before = lockwrap_held_count();
  const auto say_and_unlock = [=](const char* what, int result) {
    SAY_AS(what, result);
    if (result == 0) SAY(pthread_rwlock_unlock(lock));
    conformance::say_held(held_before);
  };
  say_and_unlock("timedrdlock", pthread_rwlock_timedrdlock(lock, until));
  say_and_unlock("timedwrlock", pthread_rwlock_timedwrlock(lock, until));
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, clockid_t{12345}}) {
    say_and_unlock("clockrdlock", pthread_rwlock_clockrdlock(lock, clock, until));
    say_and_unlock("clockwrlock", pthread_rwlock_clockwrlock(lock, clock, until));
  }
}

}  // namespace

CASE("rwlock: a free one is taken and released, again and again", kRwlocks) {
  make(kind);
  for (int round = 0; round < 3; ++round) {
    SAY(pthread_rwlock_rdlock(lock));
    SAY(pthread_rwlock_unlock(lock));
    SAY(pthread_rwlock_wrlock(lock));
    SAY(pthread_rwlock_unlock(lock));
  }
  SAY(pthread_rwlock_destroy(lock));
}

CASE("rwlock: its own writer gets EDEADLK, tries get EBUSY", kRwlocks) {
  if (!conformance::kIsGlibc) conformance::not_for_this_kind();
  make(kind);
  SAY(pthread_rwlock_wrlock(lock));
  SAY(pthread_rwlock_rdlock(lock));
  SAY(pthread_rwlock_wrlock(lock));
  say_all_tries();
  say_all_timed(&kPast);
  SAY(pthread_rwlock_unlock(lock));
  say_all_tries();
}

CASE("rwlock: a reader reads again, and may not write", kRwlocks) {
  make(kind);
  SAY(pthread_rwlock_rdlock(lock));
  SAY(pthread_rwlock_rdlock(lock));
  SAY(pthread_rwlock_tryrdlock(lock));
  SAY(pthread_rwlock_trywrlock(lock));
  SAY(pthread_rwlock_timedwrlock(lock, &kPast));
  for (int level = 0; level < 3; ++level) SAY(pthread_rwlock_unlock(lock));
  SAY(pthread_rwlock_trywrlock(lock));
}

CASE("rwlock: others find a reader", kRwlocks) {
  make(kind);
  SAY(pthread_rwlock_rdlock(lock));
  conformance::elsewhere([] {
    say_all_tries();
    SAY(pthread_rwlock_unlock(lock));
    say_all_timed(&kPast);
  });
  SAY(pthread_rwlock_unlock(lock));
}

CASE("rwlock: others find a writer", kRwlocks) {
  make(kind);
  SAY(pthread_rwlock_wrlock(lock));
  conformance::elsewhere([] {
    say_all_tries();
    say_all_timed(&kPast);
  });
  SAY(pthread_rwlock_unlock(lock));
}

CASE("rwlock: a past time is no matter while it is free", kRwlocks) {
  make(kind);
  say_all_timed(&kPast);
}

CASE("rwlock: a malformed time is looked at, free or not", kRwlocks) {
  make(kind);
  say_all_timed(&kMalformed);
  say_all_timed(&kNegative);
  SAY(pthread_rwlock_wrlock(lock));
  conformance::elsewhere([] {
    say_all_timed(&kMalformed);
    say_all_timed(&kNegative);
  });
}

CASE("rwlock: a thousand recursive reads are released one by one", kRwlocks) {
  make(kind);
  int failures = 0;
  for (int level = 0; level < 1000; ++level) failures += pthread_rwlock_rdlock(lock) != 0;
  SAY(pthread_rwlock_trywrlock(lock));
  for (int level = 0; level < 1000; ++level) failures += pthread_rwlock_unlock(lock) != 0;
  SAY_AS("failures", failures);
  SAY(pthread_rwlock_trywrlock(lock));
}

CASE("rwlock: a forked child goes on with the lock that its thread holds", kRwlocks) {
  make(kind);
  SAY(pthread_rwlock_rdlock(lock));
  const pid_t child = fork();
  if (child == 0) {
    if (!kind.shared && pthread_rwlock_trywrlock(lock) != EBUSY) _exit(1);
    _exit(pthread_rwlock_unlock(lock) == 0 && pthread_rwlock_trywrlock(lock) == 0 ? 0 : 2);
  }
  int status = 0;
  waitpid(child, &status, 0);
  SAY_AS("the child's status", status);
  SAY(pthread_rwlock_trywrlock(lock));
}
