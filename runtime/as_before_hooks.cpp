// The short way of a lock that others wait for, or have waited for, and that nobody has come to or gone from since: for the mutex that a thread
// has alone. Whatever else there may be to do is left to acquired and releasing (hooks.cpp).
#include "runtime/hooks.h"

namespace lockwrap::hooks {

using locks::kDetailed;
using locks::LockRecord;
using locks::WaitStack;

bool take_as_before(const pthread_mutex_t* mutex, uintptr_t site) {
  locks::HeldEntry* entry = locks::held_next;
  if (!locks::kMutexHasWords || !locks::is_first(entry)) return false;
  const uint64_t identity = __atomic_load_n(locks::mutex_identity(mutex), __ATOMIC_RELAXED);
  LockRecord* record = locks::record_of_identity(identity, held_mutex(mutex));
  const uint64_t kept = record ? contention::begin_as_before(*record) : contention::kNotAsBefore;
  if (kept == contention::kNotAsBefore) return false;
  locks::push_first(held_mutex(mutex) | kDetailed, site, {record, {kept, 0, 0, WaitStack::kNone, false}, static_cast<uint32_t>(identity)});
  return true;
}

bool forget_as_before(const pthread_mutex_t* mutex) {
  locks::HeldEntry* entry = locks::held_next - 1;
  if (!locks::kMutexHasWords || !locks::is_first(entry) || entry->lock != (held_mutex(mutex) | kDetailed)) return false;
  const locks::HeldDetail* detail = locks::detail_of_first(entry);
  const LockRecord* record = detail->record;
  if (!record || detail->wait.place || locks::this_thread->deferred) return false;
  // One that was made while it was held is linked with its lock by the release.
  if (record->unclaimed.load(std::memory_order_relaxed) || !contention::ends_as_before(*record, detail->wait.wait_ns)) return false;
  locks::wipe_inline();
  return true;
}

}  // namespace lockwrap::hooks
