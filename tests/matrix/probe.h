/* What the probes in C and C++ share: what lockwrap has seen of their calls, as exact counts. Each count is printed as one line, "WHAT COUNT", in
 * plain programs 0. Threads are sequenced: whoever is to be waited for looks whether the waiter is asleep. */
#ifndef PROBE_H
#define PROBE_H

#include <fcntl.h>
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kFreeCalls = 1000, kWaits = 3, kWaitsInArchive = 2, kConditionWaits = 4, kJoins = 2 };

static inline void print_count(const char *what, int count) { printf("%s %d\n", what, count); }

/* Whether a call that locks, or unlocks, was seen: the number of locks that this thread holds. */
static inline int seen_held(int held) { return lockwrap_is_active() && lockwrap_held_count() == held; }

static inline int thread_id(void) { return (int)syscall(SYS_gettid); }

/* Returns when the thread sleeps in the kernel. By system calls alone: a stream would take locks, and sanitizers look at streams. */
static inline void await_asleep(const int *thread) {
  char path[64], line[256];
  while (__atomic_load_n(thread, __ATOMIC_ACQUIRE) == 0) sched_yield();
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", __atomic_load_n(thread, __ATOMIC_ACQUIRE));
  for (;;) {
    const int file = open(path, O_RDONLY);
    if (file < 0) abort();
    const ssize_t length = read(file, line, sizeof line - 1);
    close(file);
    line[length > 0 ? length : 0] = '\0';
    const char *state = strrchr(line, ')');
    if (state != NULL && state[2] == 'S') return;
    sched_yield();
  }
}

/* What lockwrap reports: the sum of the column COUNT of the rows that begin with this text. */
static inline int reported(const char *row_begin) {
  static char report[1 << 16];
  int sum = 0;
  long count_end = 0;
  const int file = memfd_create("report", 0);
  if (file < 0 || lockwrap_write_report(file) != 0) return 0;
  const ssize_t length = pread(file, report, sizeof report - 1, 0);
  close(file);
  report[length > 0 ? length : 0] = '\0';
  for (char *line = strtok(report, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    const char *title = strstr(line, "  COUNT  ");
    if (title != NULL) count_end = title + strlen("  COUNT") - line; /* each table has its own widths */
    if (title != NULL || strncmp(line, row_begin, strlen(row_begin)) != 0 || (long)strlen(line) < count_end) continue;
    line[count_end] = '\0';
    sum += atoi(strrchr(line, ' '));
  }
  return sum;
}

#endif
