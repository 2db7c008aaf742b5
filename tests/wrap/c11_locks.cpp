// C11's mutexes and conditions: return codes are libc's, the held list follows, a wait is seen (the report names the lock).
// Prints every return code; the plain build prints the same.
#include <threads.h>

#include "test_support.h"

mtx_t c11_hot_lock;

namespace {

cnd_t condition;
bool go_on;  // guarded by c11_hot_lock
std::atomic<pid_t> waiter_id;

const char* text(int result) {
  switch (result) {
    case thrd_success: return "success";
    case thrd_busy: return "busy";
    case thrd_timedout: return "timed out";
    case thrd_nomem: return "no memory";
    default: return "error";
  }
}

int try_elsewhere(mtx_t* mutex) {
  const pthread_t thread = start(
      [](void* argument) -> void* {
        auto* tried = static_cast<mtx_t*>(argument);
        const int result = mtx_trylock(tried);
        if (result == thrd_success) mtx_unlock(tried);
        CHECK_HELD(0);
        return reinterpret_cast<void*>(static_cast<intptr_t>(result));
      },
      mutex);
  void* result;
  CHECK(pthread_join(thread, &result) == 0);
  return static_cast<int>(reinterpret_cast<intptr_t>(result));
}

void each_kind(int kind, const char* name) {
  mtx_t mutex;
  errno = E2BIG;
  printf("%s init %s\n", name, text(mtx_init(&mutex, kind)));
  printf("%s lock %s\n", name, text(mtx_lock(&mutex)));
  CHECK_HELD(1);
  const int again = mtx_trylock(&mutex);
  printf("%s trylock again %s\n", name, text(again));
  CHECK_HELD(again == thrd_success ? 2 : 1);
  if (again == thrd_success) printf("%s inner unlock %s\n", name, text(mtx_unlock(&mutex)));
  printf("%s trylock elsewhere %s\n", name, text(try_elsewhere(&mutex)));
  CHECK_HELD(1);
  printf("%s unlock %s\n", name, text(mtx_unlock(&mutex)));
  CHECK_HELD(0);
  printf("%s trylock elsewhere %s\n", name, text(try_elsewhere(&mutex)));
  // Initialised while it is held, as fork handlers do: another lock, held by nobody.
  mtx_lock(&mutex);
  mtx_init(&mutex, kind);
  CHECK_HELD(0);
  mtx_destroy(&mutex);
  CHECK(errno == E2BIG);
}

// A free mutex is taken whatever the time; a taken one not after it.
void timed() {
  mtx_t mutex;
  mtx_init(&mutex, mtx_timed);
  const timespec past{1, 0}, malformed{1, 1'000'000'000};
  printf("timedlock of a free one %s\n", text(mtx_timedlock(&mutex, &past)));
  CHECK_HELD(1);
  const pthread_t thread = start(
      [](void* argument) -> void* {
        auto* taken = static_cast<mtx_t*>(argument);
        const timespec soon = after_ms(CLOCK_REALTIME, 20), longer_ago{1, 0}, wrong{1, 1'000'000'000};
        printf("timedlock with a past time %s\n", text(mtx_timedlock(taken, &longer_ago)));
        printf("timedlock with a malformed time %s\n", text(mtx_timedlock(taken, &wrong)));
        printf("timedlock for a while %s\n", text(mtx_timedlock(taken, &soon)));
        CHECK(is_past(CLOCK_REALTIME, soon));
        CHECK_HELD(0);
        return nullptr;
      },
      &mutex);
  CHECK(pthread_join(thread, nullptr) == 0);
  printf("unlock %s\n", text(mtx_unlock(&mutex)));
  printf("timedlock of a free one with a malformed time %s\n", text(mtx_timedlock(&mutex, &malformed)));
  mtx_unlock(&mutex);
  CHECK_HELD(0);
  mtx_destroy(&mutex);
}

// The mutex is given up for the time of the wait, and held after it.
void conditions() {
  const pthread_t thread = start([](void*) -> void* {
    mtx_lock(&c11_hot_lock);
    waiter_id = thread_id();
    while (!go_on) printf("cnd_wait %s\n", text(cnd_wait(&condition, &c11_hot_lock)));
    CHECK_HELD(1);
    const timespec past{1, 0};
    printf("cnd_timedwait %s\n", text(cnd_timedwait(&condition, &c11_hot_lock, &past)));
    CHECK_HELD(1);
    mtx_unlock(&c11_hot_lock);
    CHECK_HELD(0);
    return nullptr;
  });
  wait_until_asleep(waiter_id);
  mtx_lock(&c11_hot_lock);
  go_on = true;
  cnd_signal(&condition);
  mtx_unlock(&c11_hot_lock);
  CHECK(pthread_join(thread, nullptr) == 0);
}

void contention() {
  waiter_id = 0;
  mtx_lock(&c11_hot_lock);
  const pthread_t thread = start([](void*) -> void* {
    waiter_id = thread_id();
    printf("lock after a wait %s\n", text(mtx_lock(&c11_hot_lock)));
    CHECK_HELD(1);
    mtx_unlock(&c11_hot_lock);
    return nullptr;
  });
  wait_until_asleep(waiter_id);
  mtx_unlock(&c11_hot_lock);
  CHECK(pthread_join(thread, nullptr) == 0);
}

}  // namespace

int main() {
  each_kind(mtx_plain, "plain");
  each_kind(mtx_timed, "timed");
  each_kind(mtx_plain | mtx_recursive, "recursive");
  timed();
  mtx_init(&c11_hot_lock, mtx_plain);
  CHECK(cnd_init(&condition) == thrd_success);
  conditions();
  contention();
  printf("invalid kind %s\n", text(mtx_init(&c11_hot_lock, 77)));
}
