#include "runtime/locks/hold_origin.h"

#include "runtime/base/arena.h"
#include "runtime/base/clock.h"
#include "runtime/base/fence.h"
#include "runtime/locks/held_list.h"
#include "runtime/locks/thread_record.h"
#include "runtime/stack/walk.h"

namespace lockwrap::locks {

namespace {

// 6.8 KiB a thread, touched on use.
struct ThreadOrigins {
  static constexpr uint32_t kMost = 32;
  uint32_t count;    // with those that are free again in between
  uint32_t filling;  // how many calls, one interrupting the other, are filling one in
  HoldOrigin origins[kMost];
};

constinit ThreadOrigins* all_origins;

ThreadOrigins& origins_of(const ThreadRecord& thread) { return all_origins[slot_of(thread)]; }

bool is_free(const HoldOrigin& origin) { return !origin.lock.load(std::memory_order_relaxed); }

// Not those of a call that is interrupted: the slot that it has reserved looks free.
void drop_free_ones(ThreadOrigins& own) {
  while (own.count && !own.filling && is_free(own.origins[own.count - 1])) --own.count;
}

// Locks that another thread has unlocked, as fibers that change threads do, leave theirs behind.
void forget_stale(ThreadRecord& thread, ThreadOrigins& own) {
  for (HoldOrigin& origin : own.origins) {
    const uintptr_t lock = origin.lock.load(std::memory_order_relaxed);
    if (lock && !find_held(thread, lock).entry) origin.lock.store(0, std::memory_order_relaxed);
  }
}

// The slot for a new one, by a call that has counted itself in `filling`; null: there is none. A call that interrupts another one leaves those in
// between alone.
HoldOrigin* reserve(ThreadRecord& thread, ThreadOrigins& own) {
  if (own.count < ThreadOrigins::kMost) return &own.origins[own.count++];
  if (own.filling > 1) return nullptr;
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (HoldOrigin& origin : own.origins) {
      if (is_free(origin)) return &origin;
    }
    forget_stale(thread, own);
  }
  return nullptr;
}

}  // namespace

constinit bool origins_kept;

bool keep_hold_origins() {
  all_origins = static_cast<ThreadOrigins*>(base::map_wiped_on_fork(thread_slots() * sizeof(ThreadOrigins)));
  origins_kept = all_origins != nullptr;
  return origins_kept;
}

bool note_origin(ThreadRecord& thread, uintptr_t address, uintptr_t site) {
  ThreadOrigins& own = origins_of(thread);
  ++own.filling;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  HoldOrigin* origin = reserve(thread, own);
  if (origin) {
    origin->lock.store(0, std::memory_order_relaxed);
    base::fence_stores();  // nothing of what follows is seen before that
    bool cut;
    origin->frame_count = static_cast<uint32_t>(stack::capture_stack(site, origin->frames, HoldOrigin::kFrames, cut));
    origin->since_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
    origin->lock.store(address, std::memory_order_release);  // pairs with the acquire in find_origin
  }
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  --own.filling;
  return origin != nullptr;
}

void forget_origin(ThreadRecord& thread, uintptr_t address) {
  ThreadOrigins& own = origins_of(thread);
  for (uint32_t i = own.count; i-- > 0;) {
    if (own.origins[i].lock.load(std::memory_order_relaxed) != address) continue;
    own.origins[i].lock.store(0, std::memory_order_relaxed);
    return drop_free_ones(own);
  }
}

void forget_origins(ThreadRecord& thread) {
  ThreadOrigins& own = origins_of(thread);
  for (HoldOrigin& origin : own.origins) origin.lock.store(0, std::memory_order_relaxed);
  own.count = own.filling = 0;
}

bool find_origin(const ThreadRecord& thread, uintptr_t address, uintptr_t site, HoldOrigin& copy) {
  if (!origins_kept) return false;
  const ThreadOrigins& owners = origins_of(thread);
  for (uint32_t i = ThreadOrigins::kMost; i-- > 0;) {
    const HoldOrigin& origin = owners.origins[i];
    if (origin.lock.load(std::memory_order_acquire) != address) continue;
    // Acquire, each: the lock is looked at again after all of them.
    copy.since_ns.store(origin.since_ns.load(std::memory_order_acquire), std::memory_order_relaxed);
    copy.frame_count = __atomic_load_n(&origin.frame_count, __ATOMIC_ACQUIRE);
    if (copy.frame_count > HoldOrigin::kFrames) copy.frame_count = HoldOrigin::kFrames;
    for (uint32_t frame = 0; frame < copy.frame_count; ++frame) copy.frames[frame] = __atomic_load_n(&origin.frames[frame], __ATOMIC_ACQUIRE);
    if (!copy.frame_count || copy.frames[0] != site) continue;
    return origin.lock.load(std::memory_order_relaxed) == address;  // else it was given back meanwhile
  }
  return false;
}

}  // namespace lockwrap::locks
