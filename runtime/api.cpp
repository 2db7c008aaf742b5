// The public C API: thin, checked entrances.
// Runs: when a program calls them.
#include <errno.h>

#include "runtime/base/clock.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/deadlock/workers.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/include/lockwrap/lockwrap.h"
#include "runtime/lifecycle.h"

#define LOCKWRAP_PUBLIC extern "C" __attribute__((visibility("default")))

namespace {

// Calls may come before the first lock.
bool is_begun_and_watching() {
  lockwrap::ready_thread();
  return lockwrap::is_watching();
}

class KeepErrno {
 public:
  KeepErrno() : kept_(errno) {}
  ~KeepErrno() { errno = kept_; }
  KeepErrno(const KeepErrno&) = delete;
  KeepErrno& operator=(const KeepErrno&) = delete;

 private:
  int kept_;
};

constexpr int version_number(const char* text) {
  int number = 0, part = 0;
  for (; *text; ++text) {
    if (*text == '.') {
      number = (number + part) * 100;
      part = 0;
    } else {
      part = part * 10 + (*text - '0');
    }
  }
  return number + part;
}
static_assert(version_number(LOCKWRAP_VERSION) == LOCKWRAP_VERSION_NUMBER, "lockwrap.h and the project have different versions");

}  // namespace

LOCKWRAP_PUBLIC int lockwrap_runtime_version(void) { return LOCKWRAP_VERSION_NUMBER; }

LOCKWRAP_PUBLIC int lockwrap_runtime_is_active(void) { return is_begun_and_watching(); }

LOCKWRAP_PUBLIC int lockwrap_runtime_name_lock(const void* lock, const char* name) {
  if (!is_begun_and_watching()) return ENOSYS;
  const int failure = lockwrap::locks::name_lock(reinterpret_cast<uintptr_t>(lock), name);
  if (failure == ENOMEM) lockwrap::contention::dropped().names.fetch_add(1, std::memory_order_relaxed);
  return failure;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_write_profile(const char* path) {
  const KeepErrno keep;
  return is_begun_and_watching() ? lockwrap::write_profile(path) : ENOSYS;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_write_report(int descriptor) {
  const KeepErrno keep;
  return is_begun_and_watching() ? lockwrap::write_report(descriptor) : ENOSYS;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_dump_threads(int descriptor) {
  const KeepErrno keep;
  return is_begun_and_watching() ? lockwrap::write_waits(descriptor) : ENOSYS;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_set_finding_handler(lockwrap_finding_handler handler, void* context) {
  if (!is_begun_and_watching()) return ENOSYS;
  lockwrap::set_finding_handler(handler, context);
  return 0;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_worker_begin(const char* name, unsigned limit_ms) {
  lockwrap::locks::ThreadRecord* thread = lockwrap::ready_thread();
  if (!thread) return ENOSYS;
  if (!name || !*name || !limit_ms) return EINVAL;
  const uint32_t index = lockwrap::locks::intern_name(name);
  if (!index) return ENOMEM;
  lockwrap::deadlock::begin_worker(*thread, index, uint64_t{limit_ms} * 1'000'000);
  return 0;
}

LOCKWRAP_PUBLIC void lockwrap_runtime_worker_alive(void) {
  if (lockwrap::locks::this_thread) lockwrap::deadlock::show_worker_alive(*lockwrap::locks::this_thread);
}

LOCKWRAP_PUBLIC void lockwrap_runtime_worker_end(void) {
  if (lockwrap::locks::this_thread) lockwrap::deadlock::end_worker(*lockwrap::locks::this_thread);
}

LOCKWRAP_PUBLIC int lockwrap_runtime_reset(void) {
  if (!is_begun_and_watching()) return ENOSYS;
  lockwrap::contention::reset_profile(lockwrap::base::monotonic_ns());
  return 0;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_held_count(void) {
  lockwrap::locks::ThreadRecord* thread = lockwrap::ready_thread();
  return thread ? static_cast<int>(lockwrap::locks::count_held(*thread)) : 0;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_pause(void) {
  lockwrap::locks::ThreadRecord* thread = lockwrap::ready_thread();
  if (!thread) return ENOSYS;
  lockwrap::locks::pause_held_list(*thread);
  return 0;
}

LOCKWRAP_PUBLIC int lockwrap_runtime_resume(void) {
  lockwrap::locks::ThreadRecord* thread = lockwrap::ready_thread();
  if (!thread) return ENOSYS;
  return lockwrap::locks::resume_held_list(*thread) ? 0 : EPERM;
}

LOCKWRAP_PUBLIC void lockwrap_runtime_waiting(const void* lock) { lockwrap::hooks::custom_waiting(lock, LOCKWRAP_SITE()); }

LOCKWRAP_PUBLIC void lockwrap_runtime_acquired(const void* lock) {
  lockwrap::hooks::custom_acquired(lock, false, LOCKWRAP_SITE());
}

LOCKWRAP_PUBLIC void lockwrap_runtime_released(const void* lock) {
  lockwrap::hooks::custom_releasing(lock, LOCKWRAP_SITE());
}
