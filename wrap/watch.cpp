// The thread of the option worker_watch: the only one that lockwrap ever makes, and only when asked to. It blocks all signals, takes no
// lock of the program's, and ends with the process; a forked child has none.
// Runs: in a thread of its own, from the start of the program on.
#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>

#include "declarations.h"
#include "runtime/hooks.h"

namespace {

void* watch(void*) {
  // What the system call takes, also where libc's timespec has 64 bits on a processor of 32.
  const long pause[] = {0, 50'000'000};
  for (;;) {
    syscall(SYS_nanosleep, pause, nullptr);
    lockwrap::hooks::look_after_workers();
  }
  return nullptr;
}

}  // namespace

extern "C" bool lockwrap_start_watch() {
  pthread_t thread;
  sigset_t all, before;
  sigfillset(&all);
  if (sigprocmask(SIG_SETMASK, &all, &before) != 0) return false;
  const bool is_made = __real_pthread_create(&thread, nullptr, watch, nullptr) == 0;
  sigprocmask(SIG_SETMASK, &before, nullptr);
  return is_made;
}
