// The hooks that look for misuse. A call that a signal handler makes within another slow call is not looked at, nor is a paused thread.
#include <unistd.h>

#include "runtime/base/options.h"
#include "runtime/base/program.h"
#include "runtime/base/text.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/misuse/rules.h"

namespace lockwrap::hooks {

namespace {

using locks::ThreadRecord;

// The calling thread, from now on busy, also before anything of libc is called, which may be guarded; null: nothing is to be looked for.
ThreadRecord* begin_look() {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->busy || thread->pause_depth) return nullptr;
  if (!contention::process_state().owners_known.load(std::memory_order_relaxed)) return nullptr;
  thread->busy = true;
  if (!base::same_text(base::options.on_misuse, "off")) return thread;
  thread->busy = false;
  return nullptr;
}

void end_look(ThreadRecord& thread, const misuse::Finding& finding) {
  // A vfork child borrows the memory of its parent, whose locks are none of its business.
  if (finding && contention::process_state().pid.load(std::memory_order_relaxed) == static_cast<uint32_t>(getpid())) {
    tell_misuse(thread, finding);
  }
  thread.busy = false;
}

template <class Rule>
LOCKWRAP_ALWAYS_INLINE void look(Rule rule) {
  if (ThreadRecord* thread = begin_look()) end_look(*thread, rule(*thread));
}

}  // namespace

void look_at_unlock(const pthread_mutex_t* mutex, uintptr_t site) {
  look([=](ThreadRecord& thread) { return misuse::check_unlock(thread, mutex, site); });
}

void look_at_init(const pthread_mutex_t* mutex, uintptr_t site) {
  look([=](ThreadRecord& thread) { return misuse::check_init(thread, mutex, site); });
}

void look_at_refused_destroy(const pthread_mutex_t* mutex, uintptr_t site) {
  look([=](ThreadRecord& thread) { return misuse::check_refused_destroy(thread, mutex, site); });
}

void look_at_destroy(const pthread_rwlock_t* lock, uintptr_t site) {
  look([=](ThreadRecord& thread) { return misuse::check_destroy(thread, lock, site); });
}

void look_at_exec(uintptr_t site) {
  look([=](ThreadRecord& thread) { return misuse::check_exec(thread, site); });
}

void look_at_ended(ThreadRecord& ended) {
  if (base::same_text(base::options.on_misuse, "off") || !is_watching()) return;
  const contention::ProcessState& process = contention::process_state();
  if (!process.owners_known.load(std::memory_order_relaxed)) return;
  const misuse::Finding finding = misuse::check_ended(ended);
  if (finding && process.pid.load(std::memory_order_relaxed) == static_cast<uint32_t>(getpid())) tell_misuse_of_other(finding);
}

void look_at_call(const char* call, uintptr_t site) {
  misuse::HeldLocks held;
  look([&](ThreadRecord& thread) { return misuse::check_call(thread, call, site, held); });
}

void look_at_condition_wait(const void* condition, const pthread_mutex_t* mutex, bool knows_mutex, bool is_timed, uintptr_t site) {
  look([=](ThreadRecord& thread) {
    if (!knows_mutex) {
      const misuse::Finding finding = misuse::check_condition_mutex(thread, mutex, condition, site);
      if (finding) return finding;
    }
    // A shared library may signal, and is not seen.
    return misuse::check_condition(thread, mutex, condition, is_timed, base::program.dynamic, site);
  });
}

}  // namespace lockwrap::hooks
