// Four threads that are there at once, each with a stack of the usual size, and nothing else that takes memory.
#include <pthread.h>

#include "scenario.h"

static pthread_barrier_t all_there;
static pthread_mutex_t counter = PTHREAD_MUTEX_INITIALIZER;

static void* work(void* unused) {
  pthread_mutex_lock(&counter);
  pthread_mutex_unlock(&counter);
  pthread_barrier_wait(&all_there);
  return unused;
}

int main() {
  pthread_t threads[4];
  pthread_barrier_init(&all_there, nullptr, 4);
  for (pthread_t& thread : threads) {
    if (pthread_create(&thread, nullptr, work, nullptr) != 0) _exit(1);
  }
  for (pthread_t& thread : threads) pthread_join(thread, nullptr);
}
