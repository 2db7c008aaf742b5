/* As condition_cancel.cpp, in a C program: a cancelled wait unwinds through the wrappers without any C++ runtime. Prints how each
 * wait ended; the plain build prints the same. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "available_symbols.h"
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                       \
    }                                                                \
  } while (0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int waiting;      /* guarded by mutex */
static int held_inside;  /* held count in the cleanup handler */
static int taken_inside; /* trylock there */

static void cleanup(void *unused) {
  (void)unused;
  held_inside = lockwrap_held_count();
  taken_inside = pthread_mutex_trylock(&mutex);
  pthread_mutex_unlock(&mutex);
}

static void *wait_for_ever(void *which) {
  struct timespec until;
  CHECK(pthread_mutex_lock(&mutex) == 0);
  pthread_cleanup_push(cleanup, NULL);
  waiting = 1;
  clock_gettime(*(int *)which == 1 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &until);
  until.tv_sec += 1000;
  for (;;) {
    if (*(int *)which == 0) CHECK(pthread_cond_wait(&condition, &mutex) == 0);
    if (*(int *)which == 1) CHECK(pthread_cond_timedwait(&condition, &mutex, &until) == 0);
#if LOCKWRAP_HAS_pthread_cond_clockwait
    if (*(int *)which == 2) CHECK(pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &until) == 0);
#endif
  }
  pthread_cleanup_pop(0);
  return NULL;
}

int main(void) {
  for (int round = 0; round < 30; ++round) {
    int which = round % (LOCKWRAP_HAS_pthread_cond_clockwait ? 3 : 2);
    pthread_t thread;
    void *result;
    waiting = held_inside = taken_inside = 0;
    CHECK(pthread_create(&thread, NULL, wait_for_ever, &which) == 0);
    for (int seen = 0; !seen;) { /* it waits as soon as the mutex can be had again */
      CHECK(pthread_mutex_lock(&mutex) == 0);
      seen = waiting;
      CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0);
    CHECK(held_inside == lockwrap_is_active());
    printf("wait %d: cancelled %d, had the mutex %d\n", which, result == PTHREAD_CANCELED, taken_inside != 0);
    CHECK(pthread_mutex_trylock(&mutex) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(lockwrap_held_count() == 0);
  }
  return 0;
}
