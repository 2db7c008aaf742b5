// Ten thousand threads, made and ended, at most a hundred at once; every tenth ends with its lock waited for, some are detached, some end
// by pthread_exit, and each leaves a value that is destroyed, under a lock, when it ends.
#include "weather.h"

namespace {

std::mutex accounts;
std::mutex at_end;
long ended;

struct Last {
  ~Last() {
    const std::lock_guard guard(at_end);
    ++ended;
  }
};

void* live(void* argument) {
  static thread_local Last last;
  (void)&last;
  const auto number = reinterpret_cast<long>(argument);
  {
    const std::lock_guard guard(accounts);
    if (number % 10 == 0) pass_us(200);
  }
  if (number % 7 == 0) pthread_exit(nullptr);
  return nullptr;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int waves = rounds(argument_count, arguments, 100);
  pthread_attr_t small;
  CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, 65536) == 0);
  long number = 0;
  for (int wave = 0; wave < waves; ++wave) {
    std::vector<pthread_t> joined;
    for (int i = 0; i < 100; ++i, ++number) {
      pthread_t thread;
      CHECK(pthread_create(&thread, &small, live, reinterpret_cast<void*>(number)) == 0);
      if (number % 5 == 0) CHECK(pthread_detach(thread) == 0);
      else joined.push_back(thread);
    }
    for (const pthread_t thread : joined) CHECK(pthread_join(thread, nullptr) == 0);
    for (;;) {
      const std::lock_guard guard(at_end);
      if (ended == number) break;
      sched_yield();
    }
  }
  CHECK_HELD(0);
  printf("threads=%ld\n", number);
}
