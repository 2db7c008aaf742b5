// Guards on functions that lockwrap itself calls, in all its paths, with locks held and without: only the program's own call is told,
// and nothing calls itself without end. The C library's start calls some of them before there is thread-local memory.
#include <lockwrap/lockwrap.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "../scenario/scenario.h"

std::mutex accounts, journal;
pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;

NOINLINE static long read_clock() {
  timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_nsec;
}

int main() {
  CHECK(read_clock() >= 0);
  for (int round = 0; round < 3; ++round) {
    const std::lock_guard guard(journal);
    make_wait(accounts, 1);  // contention, in a thread that holds another lock
    CHECK(lockwrap_name_lock(accounts.native_handle(), "accounts") == 0);
    const int file = memfd_create("report", MFD_CLOEXEC);
    CHECK(lockwrap_write_report(file) == 0 && close(file) == 0);
  }
  const std::lock_guard guard(journal);
  CHECK(lockwrap_worker_begin("worker", 60'000) == 0);  // by inline functions of lockwrap's own, which read the clock
  lockwrap_worker_alive();
  lockwrap_worker_end();
  CHECK(pthread_mutex_unlock(&table) == 0);  // a finding of misuse is written
  const pid_t child = fork();
  if (child == 0) _exit(read_clock() < 0);
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
  CHECK(read_clock() >= 0);
}
