// C11's mutexes and conditions: results in every state.
#include <threads.h>

#include "mutex_cases.h"

using namespace conformance;

namespace {

const Kind kTypes[] = {{"plain", mtx_plain, 0, 0, 0},
                       {"timed", mtx_timed, 0, 0, 0},
                       {"recursive", mtx_plain | mtx_recursive, 0, 0, 0},
                       {"timed recursive", mtx_timed | mtx_recursive, 0, 0, 0},
                       {nullptr, 0, 0, 0, 0}};
const timespec kPast{1, 0}, kMalformed{1, 1'000'000'000}, kNegative{1, -1};

mtx_t mutex;
cnd_t condition;

void say_tries() {
  int result;
  SAY(result = mtx_trylock(&mutex));
  if (result == thrd_success) SAY(mtx_unlock(&mutex));
  for (const timespec* until : {&kPast, &kMalformed, &kNegative}) {
    SAY(result = mtx_timedlock(&mutex, until));
    if (result == thrd_success) SAY(mtx_unlock(&mutex));
  }
}

}  // namespace

CASE("mtx: free, taken here, taken elsewhere", kTypes) {
  SAY(mtx_init(&mutex, kind.type));
  say_tries();
  SAY(mtx_lock(&mutex));
  if (kind.type & mtx_recursive) {
    SAY(mtx_lock(&mutex));
    say_tries();
    SAY(mtx_unlock(&mutex));
  } else {
    SAY(mtx_trylock(&mutex));
  }
  elsewhere(say_tries);
  SAY(mtx_unlock(&mutex));
  elsewhere(say_tries);
  mtx_destroy(&mutex);
}

namespace {

void say_wait(const Kind& kind, bool for_long) {
  SAY(mtx_init(&mutex, kind.type));
  SAY(mtx_lock(&mutex));
  std::atomic<bool> released{false};
  auto body = [&] {
    SAY(mtx_lock(&mutex));
    SAY_WHETHER("released before", released.load());
    if (for_long) say_slept();
    say_held(1);
    SAY(mtx_unlock(&mutex));
    say_held(0);
  };
  const pthread_t thread = asleep_in(body);
  if (for_long) let_it_wait_for_long();
  released = true;
  const int unlocked = mtx_unlock(&mutex);
  join(thread);
  SAY_AS("unlock", unlocked);
  SAY(mtx_trylock(&mutex));  // the other one had it once
}

}  // namespace

CASE("mtx_lock: waits until the release", kTypes) { say_wait(kind, false); }
CASE("mtx_lock: waits for long", kTypes) { say_wait(kind, true); }

CASE("mtx_timedlock: not before its time; in time", kTypes) {
  SAY(mtx_init(&mutex, kind.type));
  SAY(mtx_lock(&mutex));
  elsewhere([] {
    const timespec until = after_ms(CLOCK_REALTIME, 10);
    SAY(mtx_timedlock(&mutex, &until));
    SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
  });
  auto body = [] {
    const timespec until = after_ms(CLOCK_REALTIME, 1'000'000);
    SAY(mtx_timedlock(&mutex, &until));
    say_held(1);
    SAY(mtx_unlock(&mutex));
    say_held(0);
  };
  const pthread_t thread = asleep_in(body);
  mtx_unlock(&mutex);
  join(thread);
}

CASE("mtx_init: kinds that do not exist", nullptr) {
  for (const int type : {77, -1, 8, int{mtx_recursive}}) SAY(mtx_init(&mutex, type));
}

CASE("cnd: wait, timedwait, signal, broadcast", kTypes) {
  SAY(mtx_init(&mutex, kind.type));
  SAY(cnd_init(&condition));
  SAY(cnd_signal(&condition));
  SAY(cnd_broadcast(&condition));
  SAY(mtx_lock(&mutex));
  for (const timespec* until : {&kPast, &kMalformed, &kNegative}) SAY(cnd_timedwait(&condition, &mutex, until));
  const timespec until = after_ms(CLOCK_REALTIME, 10);
  SAY(cnd_timedwait(&condition, &mutex, &until));
  say_held(1);
  SAY_WHETHER("its time is over", is_past(CLOCK_REALTIME, until));
  elsewhere([] { SAY(mtx_trylock(&mutex)); });
  SAY(mtx_unlock(&mutex));
  for (const bool broadcast : {false, true}) {
    bool ready = false;
    auto body = [&] {
      mtx_lock(&mutex);
      int errors = 0;
      while (!ready) errors += cnd_wait(&condition, &mutex) != thrd_success;
      say_held(1);
      SAY_AS("errors", errors);
      SAY(mtx_unlock(&mutex));
    };
    const pthread_t thread = asleep_in(body);
    mtx_lock(&mutex);
    ready = true;
    const int result = broadcast ? cnd_broadcast(&condition) : cnd_signal(&condition);
    mtx_unlock(&mutex);
    join(thread);
    SAY_AS("woken", result);
  }
  cnd_destroy(&condition);
}

CASE("cnd_wait: a cancelled one has the mutex in its cleanup handlers", kTypes) {
  if (!kCancelledC11WaitUnwinds) not_for_this_kind();
  SAY(mtx_init(&mutex, kind.type));
  SAY(cnd_init(&condition));
  auto body = [] {
    mtx_lock(&mutex);
    pthread_cleanup_push(
        [](void*) {
          elsewhere([] { SAY(mtx_trylock(&mutex)); });
          SAY(mtx_unlock(&mutex));
        },
        nullptr);
    for (;;) cnd_wait(&condition, &mutex);
    pthread_cleanup_pop(0);
  };
  const pthread_t thread = asleep_in(body);
  pthread_cancel(thread);
  say_cancelled(thread);
  SAY(mtx_trylock(&mutex));
}
