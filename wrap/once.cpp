// pthread_once and C11's call_once: who comes while another thread runs the initialiser waits for it. The control word is looked at
// before the call; glibc and musl both set its lowest bit while an initialiser runs.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

bool is_running(const int* control) { return __atomic_load_n(control, __ATOMIC_RELAXED) & 1; }

}  // namespace

int __wrap_pthread_once(pthread_once_t* control, void (*initialise)()) {
  if (LOCKWRAP_LIKELY(!is_running(control)) || hooks::switched_off) return __real_pthread_once(control, initialise);
  // The wait may end with this thread running the initialiser itself, if the other one was cancelled; that is measured, too.
  hooks::event_begins(control, hooks::LockKind::kOnce, LOCKWRAP_SITE());
  const int result = __real_pthread_once(control, initialise);
  hooks::event_ended();
  return result;
}

#if LOCKWRAP_HAS_call_once
void __wrap_call_once(once_flag* flag, void (*initialise)()) {
  static_assert(sizeof(once_flag) >= sizeof(int));
  if (LOCKWRAP_LIKELY(!is_running(reinterpret_cast<const int*>(flag))) || hooks::switched_off) {
    return __real_call_once(flag, initialise);
  }
  hooks::event_begins(flag, hooks::LockKind::kOnce, LOCKWRAP_SITE());
  __real_call_once(flag, initialise);
  hooks::event_ended();
}
#endif
