// Timed locks and waits end with ETIMEDOUT, not before their time, on both clocks, and leave nothing held.
#include <initializer_list>

#include "../conformance/libc_differences.h"
#include "test_support.h"

namespace {

pthread_mutex_t taken = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

void* wait_for_all(void*) {
  for (const clockid_t clock : {CLOCK_REALTIME, CLOCK_MONOTONIC}) {
    if (!LOCKWRAP_HAS_pthread_mutex_clocklock) break;
    timespec until = after_ms(clock, 30);
    printf("clocklock: %d\n", pthread_mutex_clocklock(&taken, clock, &until));
    CHECK(is_past(clock, until));
    CHECK_HELD(0);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    until = after_ms(clock, 30);
    printf("clockwait: %d\n", pthread_cond_clockwait(&condition, &mutex, clock, &until));
    CHECK(is_past(clock, until));
    CHECK_HELD(1);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
  }
  timespec until = after_ms(CLOCK_REALTIME, 30);
  printf("timedlock: %d\n", pthread_mutex_timedlock(&taken, &until));
  CHECK(is_past(CLOCK_REALTIME, until));
  CHECK(pthread_mutex_lock(&mutex) == 0);
  until = after_ms(CLOCK_REALTIME, 30);
  printf("timedwait: %d\n", pthread_cond_timedwait(&condition, &mutex, &until));
  CHECK(is_past(CLOCK_REALTIME, until));
  const timespec malformed = {0, 1'000'000'000};
  printf("timedwait, malformed: %d\n", pthread_cond_timedwait(&condition, &mutex, &malformed));
  printf("clockwait, no clock: %d\n", pthread_cond_clockwait(&condition, &mutex, 77, &until));
  CHECK_HELD(1);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK_HELD(0);
  return nullptr;
}

}  // namespace

int main() {
  CHECK(pthread_mutex_lock(&taken) == 0);
  CHECK(pthread_join(start(wait_for_all), nullptr) == 0);
  CHECK_HELD(1);
  CHECK(pthread_mutex_unlock(&taken) == 0);
}
