// Waits that are told a time, nine kinds. The report must have a row with one wait for each object (its_rows.sh).
#include <threads.h>

#include "mutex_cases.h"

using namespace conformance;

pthread_mutex_t timed_mutex = PTHREAD_MUTEX_INITIALIZER, clocked_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t timed_rwlock = PTHREAD_RWLOCK_INITIALIZER, clocked_rwlock = PTHREAD_RWLOCK_INITIALIZER;
mtx_t timed_mtx;
sem_t timed_semaphore, clocked_semaphore;
pthread_cond_t timed_condition = PTHREAD_COND_INITIALIZER, clocked_condition = PTHREAD_COND_INITIALIZER;

namespace {

pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

// The call waits in a thread of its own until `let_go`, and succeeds.
template <class Wait, class LetGo>
void waits(Wait wait, LetGo let_go) {
  const timespec realtime = after_ms(CLOCK_REALTIME, 1'000'000), monotonic = after_ms(CLOCK_MONOTONIC, 1'000'000);
  auto body = [&] { CHECK(wait(&realtime, &monotonic) == 0); };
  const pthread_t thread = asleep_in(body);
  CHECK(let_go() == 0);
  join(thread);
}

}  // namespace

int main() {
  CHECK(mtx_init(&timed_mtx, mtx_timed) == thrd_success);
  CHECK(pthread_mutex_lock(&timed_mutex) == 0 && pthread_mutex_lock(&clocked_mutex) == 0 && mtx_lock(&timed_mtx) == 0);
  CHECK(pthread_rwlock_wrlock(&timed_rwlock) == 0 && pthread_rwlock_wrlock(&clocked_rwlock) == 0);
  CHECK(sem_init(&timed_semaphore, 0, 0) == 0 && sem_init(&clocked_semaphore, 0, 0) == 0);

  waits([](auto* until, auto*) { return pthread_mutex_timedlock(&timed_mutex, until); },
        [] { return pthread_mutex_unlock(&timed_mutex); });
  waits([](auto*, auto* until) { return pthread_mutex_clocklock(&clocked_mutex, CLOCK_MONOTONIC, until); },
        [] { return pthread_mutex_unlock(&clocked_mutex); });
  waits([](auto* until, auto*) { return mtx_timedlock(&timed_mtx, until); }, [] { return mtx_unlock(&timed_mtx); });
  waits([](auto* until, auto*) { return pthread_rwlock_timedwrlock(&timed_rwlock, until); },
        [] { return pthread_rwlock_unlock(&timed_rwlock); });
  waits([](auto*, auto* until) { return pthread_rwlock_clockrdlock(&clocked_rwlock, CLOCK_MONOTONIC, until); },
        [] { return pthread_rwlock_unlock(&clocked_rwlock); });
  waits([](auto* until, auto*) { return sem_timedwait(&timed_semaphore, until); }, [] { return sem_post(&timed_semaphore); });
  waits([](auto*, auto* until) { return sem_clockwait(&clocked_semaphore, CLOCK_MONOTONIC, until); },
        [] { return sem_post(&clocked_semaphore); });
  const auto in_gate = [](auto wait) {
    return [=](auto* realtime, auto* monotonic) {
      CHECK(pthread_mutex_lock(&gate) == 0);
      const int result = wait(realtime, monotonic);
      CHECK(pthread_mutex_unlock(&gate) == 0);
      return result;
    };
  };
  waits(in_gate([](auto* until, auto*) { return pthread_cond_timedwait(&timed_condition, &gate, until); }),
        [] { return pthread_cond_signal(&timed_condition); });
  waits(in_gate([](auto*, auto* until) {
          return pthread_cond_clockwait(&clocked_condition, &gate, CLOCK_MONOTONIC, until);
        }),
        [] { return pthread_cond_signal(&clocked_condition); });
  return 0;
}
