/* A lock that is waited for, in an archive of the project. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "await_blocked.h"

static pthread_mutex_t counter_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int waiter;

static void *wait_for_counter(void *unused) {
  (void)unused;
  atomic_store(&waiter, (int)syscall(SYS_gettid));
  pthread_mutex_lock(&counter_lock);
  pthread_mutex_unlock(&counter_lock);
  return NULL;
}

int use_counter(void) {
  pthread_t thread;
  free(malloc(100)); /* some allocator must be there */
  pthread_mutex_lock(&counter_lock);
  if (pthread_create(&thread, NULL, wait_for_counter, NULL) != 0) return 1;
  while (atomic_load(&waiter) == 0) usleep(100);
  await_blocked(atomic_load(&waiter));
  pthread_mutex_unlock(&counter_lock);
  return pthread_join(thread, NULL);
}
