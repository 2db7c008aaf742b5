// Signal handlers that take locks and interrupt lock and unlock at any instruction: nothing is lost or left held.
#include <sys/time.h>

#include <initializer_list>

#include "test_support.h"

namespace {

pthread_mutex_t ordinary = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t handlers = PTHREAD_MUTEX_INITIALIZER;
std::atomic<int> signals;

void on_signal(int) {
  const int saved_errno = errno;
  // Only tries: a handler that waits for a lock of the code it interrupts would hang without lockwrap, too.
  if (pthread_mutex_trylock(&handlers) == 0) {
    if (pthread_mutex_trylock(&shared) == 0) pthread_mutex_unlock(&shared);
    pthread_mutex_unlock(&handlers);
  }
  ++signals;
  errno = saved_errno;
}

// With `deep` the thread holds so many other locks that these begin and end a block of further entries.
void* contend(void* deep) {
  pthread_mutex_t others[30];
  for (pthread_mutex_t& other : others) CHECK(pthread_mutex_init(&other, nullptr) == 0);
  const size_t count = deep ? 30 : 0;
  for (size_t i = 0; i < count; ++i) CHECK(pthread_mutex_lock(&others[i]) == 0);
  while (signals < 2000) {
    CHECK(pthread_mutex_lock(&shared) == 0);
    CHECK(pthread_mutex_lock(&ordinary) == 0);
    CHECK(pthread_mutex_unlock(&shared) == 0);
    CHECK(pthread_mutex_unlock(&ordinary) == 0);
  }
  for (size_t i = 0; i < count; ++i) CHECK(pthread_mutex_unlock(&others[i]) == 0);
  CHECK_HELD(0);
  return nullptr;
}

}  // namespace

int main() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  CHECK(sigaction(SIGALRM, &action, nullptr) == 0);
  const itimerval often = {{0, 200}, {0, 200}};
  CHECK(setitimer(ITIMER_REAL, &often, nullptr) == 0);
  const pthread_t one = start(contend);
  const pthread_t other = start(contend, &shared);
  contend(&shared);
  CHECK(pthread_join(one, nullptr) == 0 && pthread_join(other, nullptr) == 0);
  const itimerval never = {};
  CHECK(setitimer(ITIMER_REAL, &never, nullptr) == 0);
  for (pthread_mutex_t* mutex : {&ordinary, &shared, &handlers}) CHECK(pthread_mutex_destroy(mutex) == 0);
  puts("went well");
}
