/* What the programs of the outside projects have in common, in C and C++: is this program wrapped, as it should be?
 * `probe wrapped` ends with 0 when lockwrap is linked in, watches, and its report names the lock that was waited for;
 * `probe plain` when none of it is there and every call says so. The command, LOCKWRAP_COMMAND if there is one, says the same of its file. */
#ifndef PROBE_H
#define PROBE_H

#include <lockwrap/lockwrap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "await_blocked.h"

static int probe_failures = 0;

static inline void probe_expect(int condition, const char *what) {
  if (condition) return;
  fprintf(stderr, "probe: not so: %s\n", what);
  ++probe_failures;
}

static inline int probe_report_has(const char *text) {
  static char report[1 << 20];
  int file = memfd_create("report", 0);
  if (file < 0 || lockwrap_write_report(file) != 0) return 0;
  ssize_t length = pread(file, report, sizeof report - 1, 0);
  close(file);
  report[length > 0 ? length : 0] = '\0';
  return strstr(report, text) != NULL;
}

/* While the calling thread holds its one lock, at `lock`. */
static inline void probe_while_held(const void *lock, int wrapped) {
  probe_expect(lockwrap_is_active() == wrapped, "lockwrap_is_active");
  probe_expect(lockwrap_version() == (wrapped ? LOCKWRAP_VERSION_NUMBER : 0), "lockwrap_version");
  probe_expect((lockwrap_runtime_is_active != NULL) == wrapped, "the weak reference is resolved");
  probe_expect(lockwrap_name_lock(lock, "probe counter") == (wrapped ? 0 : ENOSYS), "lockwrap_name_lock");
  probe_expect(lockwrap_held_count() == wrapped, "lockwrap_held_count");
  if (!wrapped) lockwrap_expect_no_locks("probe");
}

static inline void probe_expect_check(int wrapped) {
  char program[4096], line[4200];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (getenv("LOCKWRAP_COMMAND") == NULL) return;
  program[length > 0 ? length : 0] = '\0';
  snprintf(line, sizeof line, "\"$LOCKWRAP_COMMAND\" check '%s' >&2", program);
  const int status = system(line);
  probe_expect(WIFEXITED(status) && WEXITSTATUS(status) == (wrapped ? 0 : 1), "lockwrap check says the same");
}

/* After another thread had to wait for that lock. The exit code. */
static inline int probe_after_the_wait(int wrapped) {
  if (wrapped) probe_expect(probe_report_has("probe counter"), "the report names the lock");
  if (!wrapped) probe_expect(lockwrap_write_report(STDERR_FILENO) == ENOSYS, "lockwrap_write_report gives ENOSYS");
  probe_expect_check(wrapped);
  return probe_failures != 0;
}

#endif
