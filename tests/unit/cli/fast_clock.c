// Preloaded into a command, a clock by which ten seconds pass from one look to the next: what waits a second with telling tells at once.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now) {
  static long looks;
  const int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && clock == CLOCK_MONOTONIC) now->tv_sec += 10 * ++looks;
  return result;
}
