/* An outside program, in C and C++, whose calls of fsync and send_reply are guarded: it ends with 0 if each is told when a lock is held, and
 * none when none is. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C"
#endif
long send_reply(const char *text, double price);

static pthread_mutex_t accounts = PTHREAD_MUTEX_INITIALIZER;
static char told[1 << 16];

/* What was printed to standard error so far. */
static int count_told(int file, const char *text) {
  int count = 0;
  const ssize_t length = pread(file, told, sizeof told - 1, 0);
  told[length > 0 ? length : 0] = '\0';
  for (const char *at = strstr(told, text); at != NULL; at = strstr(at + 1, text)) ++count;
  return count;
}

static long call_both(void) { return fsync(-1) + send_reply("a", 2.5); }

int main(void) {
  const int file = memfd_create("told", 0);
  const int kept = dup(2);
  if (file < 0 || kept < 0 || dup2(file, 2) != 2) return 2;
  const long free_result = call_both();
  const int told_free = count_told(file, "held-in-call");
  pthread_mutex_lock(&accounts);
  const long held_result = call_both();
  pthread_mutex_unlock(&accounts);
  dup2(kept, 2);
  const int fsyncs = count_told(file, "calls fsync with `accounts` locked");
  const int sends = count_told(file, "calls send_reply with `accounts` locked");
  fprintf(stderr, "without a lock: %d told; with one: fsync %d, send_reply %d\n%s", told_free, fsyncs, sends, told);
  return told_free == 0 && fsyncs == 1 && sends == 1 && free_result == 98 && held_result == 98 && lockwrap_held_count() == 0 ? 0 : 1;
}
