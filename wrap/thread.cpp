// The thread family. Beginning and end of a thread need no wrapper: a record is claimed at a thread's first slow call and
// found again by the kernel's thread id, which also covers threads that libc or a shared library makes.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"

int __wrap_pthread_setname_np(pthread_t thread, const char* name) {
  const int result = __real_pthread_setname_np(thread, name);
  if (result == 0) lockwrap::hooks::thread_renamed();
  return result;
}
