// pthread_once and C11's call_once: who comes while another thread runs the initialiser waits for it. The control word is looked at
// before the call; glibc and musl both set its lowest bit while an initialiser runs, and the next one for good when it has ended.
//
// libc does not tell which thread runs the initialiser. So it runs one of ours, which says so and goes on to the program's. A thread
// that leaves it by an exception or by its cancellation does not come back here; what it has said lies below its stack pointer then, or,
// when it tries again, in this very frame: that is forgotten first.
// Runs: inside the program's calls.
#include "declarations.h"
#include "runtime/hooks.h"
#include "waiting.h"

namespace hooks = lockwrap::hooks;

namespace {

using lockwrap::locks::Initialisation;

int state_of(const int* control) { return __atomic_load_n(control, __ATOMIC_ACQUIRE) & 3; }
constexpr int kRunning = 1;
constexpr int kDone = 2;

struct Call {
  Initialisation node;  // says nothing before the initialiser begins
  const int* control;
};
// The call of this thread that libc may run an initialiser for: the newest one, since they nest.
__thread Call* newest_call;

void run_initialiser() {
  Call& call = *newest_call;
  hooks::event_ended();
  call.node.control = call.control;
  hooks::initialiser_begins(call.node);
  call.node.initialise();
  hooks::initialiser_ends(call.node);
}

// `real_call` calls libc's function with run_initialiser.
template <class RealCall>
LOCKWRAP_NEVER_INLINE int initialise(const int* control, void (*initialiser)(), uintptr_t site, RealCall real_call) {
  Call call{{nullptr, initialiser, nullptr}, control};
  Call* const outer_call = newest_call;
  newest_call = &call;
  hooks::forget_left_initialisers(&call.node + 1);
  // The wait may end with this thread running the initialiser itself, if the other one was cancelled; that is measured, too.
  const bool waits = state_of(control) & kRunning;
  if (waits) {
    hooks::event_begins(control, hooks::LockKind::kOnce, site, hooks::WaitForm::kForGood, reinterpret_cast<uintptr_t>(control));
    hooks::look_before_blocking(false);
  }
  const int result = real_call();
  if (waits) hooks::event_ended();
  newest_call = outer_call;
  return result;
}

}  // namespace

int __wrap_pthread_once(pthread_once_t* control, void (*initialiser)()) {
  if (LOCKWRAP_LIKELY(state_of(control) == kDone) || hooks::switched_off) return __real_pthread_once(control, initialiser);
  return initialise(control, initialiser, LOCKWRAP_SITE(), [=] { return __real_pthread_once(control, run_initialiser); });
}

#if LOCKWRAP_HAS_call_once
void __wrap_call_once(once_flag* flag, void (*initialiser)()) {
  static_assert(sizeof(once_flag) >= sizeof(int));
  const int* control = reinterpret_cast<const int*>(flag);
  if (LOCKWRAP_LIKELY(state_of(control) == kDone) || hooks::switched_off) return __real_call_once(flag, initialiser);
  initialise(control, initialiser, LOCKWRAP_SITE(), [=] {
    __real_call_once(flag, run_initialiser);
    return 0;
  });
}
#endif
