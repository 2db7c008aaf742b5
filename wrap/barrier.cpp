// Barriers: each arrival is a wait for an event; the last one's is next to nothing.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

int __wrap_pthread_barrier_wait(pthread_barrier_t* barrier) {
  if (hooks::switched_off) return __real_pthread_barrier_wait(barrier);
  hooks::event_begins(barrier, hooks::LockKind::kBarrier, LOCKWRAP_SITE(), hooks::WaitForm::kForGood, reinterpret_cast<uintptr_t>(barrier));
  hooks::barrier_reached(barrier);
  const int result = __real_pthread_barrier_wait(barrier);  // no cancellation point
  hooks::event_ended();
  hooks::barrier_passed(barrier);
  return result;
}
