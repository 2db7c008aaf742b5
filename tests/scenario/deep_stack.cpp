// deep_stack [MORE]: the waiter is six calls below main, and MORE calls. Built with and without frame pointers, and with alloca() in each frame.
#include <alloca.h>
#include <stdlib.h>

#include "scenario.h"

static pthread_mutex_t deep = PTHREAD_MUTEX_INITIALIZER;
static volatile int sink;

#ifdef WITH_ALLOCA
#define CALL(next)                                                     \
  volatile char* bytes = static_cast<char*>(alloca(16u + size % 100)); \
  bytes[0] = 1;                                                        \
  next(size + 7);                                                      \
  sink = sink + bytes[0]
#else
#define CALL(next) \
  next(size + 7);  \
  sink = sink + 1
#endif

NOINLINE static void level_6(unsigned size) {
  CHECK(pthread_mutex_lock(&deep) == 0);
  sink = sink + static_cast<int>(size);
  CHECK(pthread_mutex_unlock(&deep) == 0);
}
NOINLINE static void level_5(unsigned size) { CALL(level_6); }
NOINLINE static void level_4(unsigned size) { CALL(level_5); }
NOINLINE static void level_3(unsigned size) { CALL(level_4); }
NOINLINE static void level_2(unsigned size) { CALL(level_3); }
NOINLINE static void level_1(unsigned size) { CALL(level_2); }

NOINLINE static void descend(int more, unsigned size) {
  if (more == 0) return level_1(size);
  descend(more - 1, size);
  sink = sink + 1;
}

static std::atomic<bool> is_held;
static std::atomic<pid_t> main_id;

static void* hold(void*) {
  CHECK(pthread_mutex_lock(&deep) == 0);
  is_held = true;
  wait_until_asleep(main_id);
  pass_ms(5);
  CHECK(pthread_mutex_unlock(&deep) == 0);
  return nullptr;
}

int main(int count, char** arguments) {
  const int more = count > 1 ? atoi(arguments[1]) : 0;
  CHECK(lockwrap_name_lock(&deep, "deep") == 0);
  for (int round = 0; round < 5; ++round) {
    main_id = 0;
    is_held = false;
    const pthread_t holder = start(hold);
    while (!is_held) sched_yield();
    main_id = thread_id();
    more ? descend(more, 1) : level_1(1);
    CHECK(pthread_join(holder, nullptr) == 0);
  }
}
