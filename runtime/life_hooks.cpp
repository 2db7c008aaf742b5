// The hooks of what begins and ends: locks that are initialised or destroyed, threads that get a name, processes that fork or exit.
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/locks/fork_snapshot.h"

namespace lockwrap::hooks {

using locks::HeldRef;
using locks::LockRef;
using locks::ThreadRecord;

void renewed(uintptr_t lock, LockKind kind, uintptr_t site) {
  ThreadRecord* thread = ready_thread();
  if (thread) {
    // A fork handler may initialise a mutex that its thread holds; the old hold is over without a release.
    const uintptr_t address = lock & ~locks::kHeldFlags;
    for (HeldRef held = locks::find_held(*thread, address); held.entry; held = locks::find_held(*thread, address)) {
      locks::remove_held(*thread, held);
    }
    if (locks::ReadHold* own = locks::find_read_hold(*thread, address)) own->lock = 0;
  }
  const LockRef ref = ref_of(lock, kind);
  if (!ref.identity) {
    locks::retire_record(ref);
  } else if (site) {
    auto* creation = kind == LockKind::kMutex ? locks::mutex_creation(reinterpret_cast<pthread_mutex_t*>(ref.address))
                                              : locks::rwlock_creation(reinterpret_cast<pthread_rwlock_t*>(ref.address));
    *creation = site;
    locks::forget_unclaimed_name(ref.address);
  }
}

void thread_renamed() { locks::forget_thread_names(); }

bool forking() { return is_watching() && locks::begin_snapshot(); }

void forked(bool was_noted, pid_t child) {
  if (was_noted && child) locks::end_snapshot();
  if (child) return;
  if (is_watching()) locks::keep_snapshot(was_noted);
  begin_forked_child();
}

void exiting_at_once() { write_at_end(false); }

}  // namespace lockwrap::hooks
