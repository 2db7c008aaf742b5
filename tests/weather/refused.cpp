// From the middle of the program on the kernel refuses all further memory: more locks are held than have room, and threads wait.
#include <sys/resource.h>

#include "weather.h"

namespace {

constexpr int kLocks = 1000;
pthread_mutex_t locks[kLocks];
pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
std::atomic<int> turn;
std::atomic<pid_t> id;

void* wait_for_turns(void*) {
  id = thread_id();
  for (int i = 1; i <= 20; ++i) {
    while (turn < i) sched_yield();
    CHECK(pthread_mutex_lock(&contended) == 0);
    CHECK(pthread_mutex_unlock(&contended) == 0);
    ++turn;
    while (turn == i + 1) sched_yield();
  }
  return nullptr;
}

}  // namespace

int main() {
  const pthread_t thread = start(wait_for_turns);
  while (!id) sched_yield();
  for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_init(&lock, nullptr) == 0);
  const rlimit none{1 << 20, RLIM_INFINITY};
  CHECK(setrlimit(RLIMIT_AS, &none) == 0);
  for (int i = 0; i < 20; ++i) {
    for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_lock(&lock) == 0);
    CHECK(lockwrap_held_count() >= 30 && lockwrap_held_count() < kLocks);
    for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_unlock(&lock) == 0);
    CHECK_HELD(0);
    CHECK(pthread_mutex_lock(&contended) == 0);
    turn = i + 1;
    wait_until_asleep(id);
    CHECK(pthread_mutex_unlock(&contended) == 0);
    while (turn != i + 2) sched_yield();
    turn = i + 1;
  }
  const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
  CHECK(setrlimit(RLIMIT_AS, &all) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
}
