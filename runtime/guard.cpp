// What the stubs of lockwrap_guard (toolchain/guard/) call: whether the caller may hold a lock, and then the look at it.
//
// A stub stands between a call and its function, and knows neither's arguments. It keeps the general registers for the first question,
// which costs a guarded call without locks a few instructions; only for the second one it keeps the vector registers,
// too. So this file is built without them (runtime/CMakeLists.txt).
// Runs: in every guarded call of the program; also in those that lockwrap makes itself, which are none of its business.
#include "runtime/hooks.h"

#define LOCKWRAP_PUBLIC extern "C" __attribute__((visibility("default")))

// Around lockwrap's own code: toolchain/own_code.ld. Null in programs that are linked from its object files.
extern "C" __attribute__((weak, visibility("hidden"))) const char lockwrap_code_begin[];
extern "C" __attribute__((weak, visibility("hidden"))) const char lockwrap_code_end[];

namespace {

bool is_own_code(uintptr_t site) {
  const auto begin = reinterpret_cast<uintptr_t>(lockwrap_code_begin);
  return site - begin < reinterpret_cast<uintptr_t>(lockwrap_code_end) - begin;
}

}  // namespace

// Not 0: the call that returns to `site` is to be looked at. Thread-safe and signal-safe.
LOCKWRAP_PUBLIC int lockwrap_runtime_may_hold(uintptr_t site) {
  if (!lockwrap::hooks::looks_at_calls) return 0;
  const lockwrap::locks::ThreadRecord* thread = lockwrap::locks::this_thread;
  // A thread without a record has not locked anything; one whose record was wiped is the child of a fork.
  if (!thread || thread->busy || !thread->id.load(std::memory_order_relaxed)) return 0;
  if (lockwrap::locks::held_next == thread->held + 1 && !thread->overflow) return 0;
  return !is_own_code(site);
}

// Keeps errno. Thread-safe and signal-safe.
LOCKWRAP_PUBLIC void lockwrap_runtime_guard(const char* call, uintptr_t site) { lockwrap::hooks::look_at_call(call, site); }

LOCKWRAP_PUBLIC void lockwrap_runtime_expect_no_locks(const char* where) {
  const uintptr_t site = LOCKWRAP_SITE();
  if (lockwrap_runtime_may_hold(site)) lockwrap::hooks::look_at_call(where ? where : "something that expects no locks", site);
}
