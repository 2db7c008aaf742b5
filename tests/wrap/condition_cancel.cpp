// A thread that is cancelled in a condition wait has the mutex again in its cleanup handlers and C++ destructors, and lockwrap
// knows it; during the wait the mutex is not held. Also signalled waits.
#include <initializer_list>

#include "../conformance/libc_differences.h"
#include "test_support.h"

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t outer = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
std::atomic<pid_t> id;
std::atomic<int> held_during_wait;
int way;
bool signalled;

struct Destructor {
  ~Destructor() {
    CHECK_HELD(1);  // the outer one; the handler below ran before
    puts("destructor");
  }
};

void unlock(void*) {
  CHECK_HELD(2);
  printf("handler: unlock: %d\n", pthread_mutex_unlock(&mutex));
}

void on_signal(int) { held_during_wait = lockwrap_held_count(); }

void* wait(void*) {
  CHECK(pthread_mutex_lock(&outer) == 0);
  {
    Destructor destructor;
    CHECK(pthread_mutex_lock(&mutex) == 0);
    pthread_cleanup_push(unlock, nullptr);
    const timespec far = after_ms(way == 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME, 1'000'000);
    id = thread_id();
    while (!signalled) {
      if (way == 0) pthread_cond_wait(&condition, &mutex);
      if (way == 1) pthread_cond_timedwait(&condition, &mutex, &far);
      if (way == 2) pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &far);
    }
    CHECK_HELD(2);
    pthread_cleanup_pop(1);
  }
  CHECK(pthread_mutex_unlock(&outer) == 0);
  return nullptr;
}

}  // namespace

int main() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  CHECK(sigaction(SIGUSR1, &action, nullptr) == 0);
  for (way = 0; way < (LOCKWRAP_HAS_pthread_cond_clockwait ? 3 : 2); ++way) {
    for (const bool cancel : {true, false}) {
      id = 0;
      signalled = false;
      held_during_wait = -1;
      const pthread_t thread = start(wait);
      wait_until_asleep(id);
      CHECK(pthread_kill(thread, SIGUSR1) == 0);
      while (held_during_wait < 0) sched_yield();
      CHECK(held_during_wait == (lockwrap_is_active() ? 1 : 0));  // outer, not mutex
      if (cancel) {
        CHECK(pthread_cancel(thread) == 0);
      } else {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        signalled = true;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
        CHECK(pthread_cond_signal(&condition) == 0);
      }
      void* result;
      CHECK(pthread_join(thread, &result) == 0);
      printf("way %d: %s\n", way, result == PTHREAD_CANCELED ? "cancelled" : "ended");
      if (cancel) CHECK(pthread_mutex_trylock(&outer) == EBUSY);  // nobody unlocked it: as written
      if (cancel) outer = PTHREAD_MUTEX_INITIALIZER;
      CHECK(pthread_mutex_trylock(&mutex) == 0);
      CHECK(pthread_mutex_unlock(&mutex) == 0);
      CHECK_HELD(0);
    }
  }
}
