// What a program keeps in memory: starts THREADS threads that take a lock of their own and live, then prints the resident
// KiB of the process and ends. In C: also the smallest program that lockwrap's code is added to.
// smaps_rollup, not VmRSS: the kernel's counters of the latter lag behind by some pages a thread.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_barrier_t started;

static void take_lock(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
}

// As much stack as the least of threads uses: it shall not count which function was the first to touch a page of it.
static void __attribute__((noinline)) use_stack(void) {
  char used[12 * 1024];
  memset(used, 1, sizeof used);
  __asm__ volatile("" : : "r"(used) : "memory");
}

static void *live(void *unused) {
  (void)unused;
  use_stack();
  take_lock();
  pthread_barrier_wait(&started);
  for (;;) pause();
  return NULL;
}

int main(int argc, char **argv) {
  const unsigned threads = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 * 1024);
  pthread_barrier_init(&started, NULL, threads + 1);
  take_lock();
  for (unsigned i = 0; i < threads; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, &small, live, NULL) != 0) return 1;
  }
  pthread_barrier_wait(&started);
  char text[4096] = "";
  const int rollup = open("/proc/self/smaps_rollup", O_RDONLY);
  if (rollup < 0 || read(rollup, text, sizeof text - 1) <= 0) return 1;
  const char *rss = strstr(text, "Rss:");
  if (!rss) return 1;
  printf("%d\n", atoi(rss + 4));
  return 0;
}
