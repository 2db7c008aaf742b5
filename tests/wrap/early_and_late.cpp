// Locks in constructors of the earliest priority, in C++ statics, in atexit handlers, in static destructors and in destructor
// functions of the latest priority.
#include <mutex>

#include "test_support.h"

namespace {

pthread_mutex_t early = PTHREAD_MUTEX_INITIALIZER;
std::mutex middle;

void lock_both(const char* when) {
  CHECK(pthread_mutex_lock(&early) == 0);
  {
    const std::lock_guard<std::mutex> guard(middle);
    CHECK_HELD(2);
  }
  CHECK(pthread_mutex_unlock(&early) == 0);
  CHECK_HELD(0);
  if (write(STDOUT_FILENO, when, strlen(when)) < 0) _exit(1);
}

__attribute__((constructor(101))) void first() { lock_both("constructor\n"); }
__attribute__((destructor(101))) void last() { lock_both("destructor function\n"); }

struct Static {
  Static() { lock_both("static constructor\n"); }
  ~Static() { lock_both("static destructor\n"); }
};
Static static_object;

void at_exit() { lock_both("exit handler\n"); }

}  // namespace

int main() {
  CHECK(atexit(at_exit) == 0);
  lock_both("main\n");
}
