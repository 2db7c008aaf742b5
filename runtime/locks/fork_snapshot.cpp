#include "runtime/locks/fork_snapshot.h"

#include <unistd.h>

#include <atomic>

#include "runtime/locks/thread_record.h"

namespace lockwrap::locks {

namespace {

struct Snapshot {
  std::atomic<bool> in_use;  // another thread forks at the same time: its child has the names, ours has not
  uint32_t count;
  uint32_t forking_thread;
  uint32_t child_pid;  // the process that may read it, 0: none
  uint32_t lost_pid;   // a forked process that has none, or not all of it
  HeldAtFork held[kMostHeldAtFork];
};
constinit Snapshot snapshot{};

void add_held(void* context, const HeldEntry& entry, const HeldDetail&) {
  if (!entry.lock || snapshot.count == kMostHeldAtFork) return;
  snapshot.held[snapshot.count++] = {entry.lock & ~kHeldFlags, entry.site, *static_cast<const uint32_t*>(context)};
}

}  // namespace

bool begin_snapshot() {
  if (snapshot.in_use.exchange(true, std::memory_order_acquire)) return false;  // pairs with end_snapshot
  snapshot.count = 0;
  snapshot.forking_thread = this_thread ? this_thread->id.load(std::memory_order_relaxed) : 0;
  for_each_thread(
      [](void*, ThreadRecord& thread) {
        uint32_t id = thread.id.load(std::memory_order_relaxed);
        if (id) for_each_held(thread, add_held, &id);
      },
      nullptr);
  return true;
}

void end_snapshot() { snapshot.in_use.store(false, std::memory_order_release); }

void keep_snapshot(bool was_noted) {
  const auto pid = static_cast<uint32_t>(getpid());
  if (was_noted) snapshot.child_pid = pid;
  if (!was_noted || snapshot.count == kMostHeldAtFork) snapshot.lost_pid = pid;
  end_snapshot();  // also that of a thread which is not in this process
}

bool is_snapshot_lost() { return snapshot.lost_pid == static_cast<uint32_t>(getpid()); }

const HeldAtFork* find_held_at_fork(uintptr_t lock, uint32_t owner) {
  if (snapshot.child_pid != static_cast<uint32_t>(getpid())) return nullptr;
  for (uint32_t i = 0; i < snapshot.count; ++i) {
    if (snapshot.held[i].lock == lock && snapshot.held[i].thread_id == owner) return &snapshot.held[i];
  }
  return nullptr;
}

uint32_t forking_thread() { return snapshot.child_pid == static_cast<uint32_t>(getpid()) ? snapshot.forking_thread : 0; }

}  // namespace lockwrap::locks
