/* musl32.c: on 32-bit musl libc's own readers-writer lock, which it takes where keys of threads are made, is no lock that the program holds; and
 * the thread of worker_watch=1 sleeps between two looks: it took all of a processor. */
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

static void destroy(void *unused) { (void)unused; }
static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(void) {
  pthread_key_t keys[3];
  for (int i = 0; i < 3; i++) pthread_key_create(keys + i, destroy);
  for (int i = 0; i < 3; i++) pthread_key_delete(keys[i]);
  if (!lockwrap_is_active() || lockwrap_held_count() != 0) return printf("%zu locks are held\n", (size_t)lockwrap_held_count()), 1;
  const double start = seconds(CLOCK_MONOTONIC);
  nanosleep(&(struct timespec){2, 0}, NULL);
  const double share = seconds(CLOCK_PROCESS_CPUTIME_ID) / (seconds(CLOCK_MONOTONIC) - start);
  if (share > 0.05) return printf("worker_watch takes %.0f %% of a processor\n", 100 * share), 1;
  return 0;
}
