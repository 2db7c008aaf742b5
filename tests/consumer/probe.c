/* An outside program in C: see probe.h. */
#define _GNU_SOURCE
#include "probe.h"

#include <pthread.h>
#include <sched.h>

static pthread_mutex_t counter = PTHREAD_MUTEX_INITIALIZER;
static int waiter = 0;

static void *wait_for_it(void *unused) {
  __atomic_store_n(&waiter, gettid(), __ATOMIC_RELEASE);
  pthread_mutex_lock(&counter);
  pthread_mutex_unlock(&counter);
  return unused;
}

int main(int argc, char **argv) {
  int wrapped = argc > 1 && strcmp(argv[1], "wrapped") == 0;
  pthread_t other;
  pthread_mutex_lock(&counter);
  probe_while_held(&counter, wrapped);
  if (pthread_create(&other, NULL, wait_for_it, NULL) != 0) return 2;
  while (__atomic_load_n(&waiter, __ATOMIC_ACQUIRE) == 0) sched_yield();
  await_blocked(waiter);
  pthread_mutex_unlock(&counter);
  pthread_join(other, NULL);
  return probe_after_the_wait(wrapped);
}
