// What mutex functions return in every state of every kind (POSIX pthread_mutex_lock, _timedlock, _destroy, _consistent; ERRORS).
#include "mutex_cases.h"

using namespace conformance;

namespace {

constexpr timespec kPast{1, 0}, kNegative{1, -1}, kTooLarge{1, 1'000'000'000}, kBeforeTime{-5, 0};

// Lets go what a call on one's own mutex has added.
void undo(int result, pthread_mutex_t* mutex) {
  if (result == 0) SAY(pthread_mutex_unlock(mutex));
}

void lock_and_die(pthread_mutex_t* mutex) {
  elsewhere([=] { SAY(pthread_mutex_lock(mutex)); });
}

}  // namespace

CASE("mutex lock: a free one", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_destroy(mutex));
}

CASE("mutex lock: my own", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  if (!is_counted(kind) && !is_checked(kind)) return;  // it would wait for ever
  int result;
  SAY_AS("lock", result = pthread_mutex_lock(mutex));
  undo(result, mutex);
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex trylock: a free one, my own, somebody else's", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  int result;
  SAY(pthread_mutex_trylock(mutex));
  SAY_AS("trylock, my own", result = pthread_mutex_trylock(mutex));
  undo(result, mutex);
  elsewhere([=] { SAY(pthread_mutex_trylock(mutex)); });
  SAY(pthread_mutex_unlock(mutex));
  elsewhere([=] {
    SAY(pthread_mutex_trylock(mutex));
    SAY(pthread_mutex_unlock(mutex));
  });
}

CASE("mutex timedlock: a free one, whatever the time", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  for (const timespec& until : {kPast, kNegative, kTooLarge, kBeforeTime}) {
    int result;
    SAY_AS("timedlock", result = pthread_mutex_timedlock(mutex, &until));
    undo(result, mutex);
  }
}

CASE("mutex timedlock: a taken one, with past and malformed times", kEveryKind) {
  if (!kIsGlibc && kind.protocol == kInherit) not_for_this_kind();  // musl 1.2 tries again for good
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  elsewhere([=] {
    SAY(pthread_mutex_timedlock(mutex, &kPast));
    SAY(pthread_mutex_timedlock(mutex, &kNegative));
    SAY(pthread_mutex_timedlock(mutex, &kTooLarge));
    SAY(pthread_mutex_timedlock(mutex, &kBeforeTime));
  });
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex timedlock: my own", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  const timespec soon = after_ms(CLOCK_REALTIME, 20);
  int result;
  SAY_AS("timedlock", result = pthread_mutex_timedlock(mutex, &soon));
  if (result == ETIMEDOUT) SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, soon));
  undo(result, mutex);
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex clocklock: clocks and times, free and taken", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  const auto try_all = [=] {
    for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, clockid_t{77}, clockid_t{-1}}) {
      for (const timespec& until : {kPast, kNegative, kTooLarge}) {
        int result;
        SAY_AS("clocklock", result = pthread_mutex_clocklock(mutex, clock, &until));
        undo(result, mutex);
      }
    }
  };
  try_all();
  SAY(pthread_mutex_lock(mutex));
  elsewhere(try_all);
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex unlock: a free one, somebody else's", kEveryKind) {
  if (!is_checked(kind) && !is_counted(kind) && !is_robust(kind)) {
    conformance::not_for_this_kind();
  }
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_lock(mutex));
  elsewhere([=] { SAY(pthread_mutex_unlock(mutex)); });
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex destroy: a taken one", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_lock(mutex));
  int result;
  SAY_AS("destroy", result = pthread_mutex_destroy(mutex));
  if (result != EBUSY) return;  // glibc destroys some kinds even then
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_destroy(mutex));
}

CASE("mutex destroy: then used", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_destroy(mutex));
  int result;
  SAY_AS("trylock", result = pthread_mutex_trylock(mutex));
  undo(result, mutex);
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex init: again after destroy", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  for (int round = 0; round < 3; ++round) {
    SAY(pthread_mutex_lock(mutex));
    SAY(pthread_mutex_unlock(mutex));
    SAY(pthread_mutex_destroy(mutex));
    SAY(pthread_mutex_init(mutex, nullptr));
  }
}

CASE("mutex consistent: of one that needs it not", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  SAY(pthread_mutex_consistent(mutex));
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_consistent(mutex));
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex lock: a hundred levels", kEveryKind) {
  pthread_mutex_t* mutex = make_mutex(kind);
  if (!is_counted(kind)) {
    conformance::not_for_this_kind();
  }
  constexpr int kLevels = 100;
  for (int level = 0; level < kLevels; ++level) SAY(pthread_mutex_lock(mutex));
  for (int level = 0; level < kLevels; ++level) {
    elsewhere([=] { SAY(pthread_mutex_trylock(mutex)); });
    SAY(pthread_mutex_unlock(mutex));
  }
  SAY(pthread_mutex_unlock(mutex));
}

CASE("mutex lock: its owner died", kEveryKind) {
  if (is_robust(kind) && !deaths_of_owners_are_told()) not_for_this_kind();
  pthread_mutex_t* mutex = make_mutex(kind);
  lock_and_die(mutex);
  if (!is_robust(kind)) {
    SAY(pthread_mutex_trylock(mutex));
    SAY(pthread_mutex_timedlock(mutex, &kPast));
    return;
  }
  SAY(pthread_mutex_lock(mutex));
  elsewhere([=] { SAY(pthread_mutex_trylock(mutex)); });
  SAY(pthread_mutex_consistent(mutex));
  SAY(pthread_mutex_unlock(mutex));
  lock_and_die(mutex);
  SAY(pthread_mutex_trylock(mutex));
  SAY(pthread_mutex_consistent(mutex));
  SAY(pthread_mutex_unlock(mutex));
  lock_and_die(mutex);
  SAY(pthread_mutex_timedlock(mutex, &kPast));
  SAY(pthread_mutex_unlock(mutex));
  SAY(pthread_mutex_lock(mutex));
  SAY(pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &kPast));
  SAY(pthread_mutex_destroy(mutex));
}
