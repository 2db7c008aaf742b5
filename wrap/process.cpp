// The process family: a forked child begins anew, and a process that ends without its exit handlers still leaves its profile.
//
// No atfork handler: pthread_atfork may allocate, and it is not called for _Fork. Other ways to fork are covered by memory
// that the kernel wipes in the child.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"

pid_t __wrap_fork() {
  const bool noted = lockwrap::hooks::forking();
  const pid_t child = __real_fork();
  lockwrap::hooks::forked(noted, child);
  return child;
}

#if LOCKWRAP_HAS__Fork
pid_t __wrap__Fork() {
  const bool noted = lockwrap::hooks::forking();
  const pid_t child = __real__Fork();
  lockwrap::hooks::forked(noted, child);
  return child;
}
#endif

void __wrap__exit(int status) {
  lockwrap::hooks::exiting_at_once();
  __real__exit(status);
}

void __wrap__Exit(int status) {
  lockwrap::hooks::exiting_at_once();
  __real__Exit(status);
}
