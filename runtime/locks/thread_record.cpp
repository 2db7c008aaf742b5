#include "runtime/locks/thread_record.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/arena.h"
#include "runtime/locks/hold_origin.h"

namespace lockwrap::locks {

__thread ThreadRecord* this_thread;
constinit VisitEnded visit_ended;

// order_of (order_key.h) relies on it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
static_assert(offsetof(ThreadRecord, details) == kInlineBytes);
#pragma GCC diagnostic pop

uint32_t kernel_thread_id() { return static_cast<uint32_t>(syscall(SYS_gettid)); }

namespace {

// The ids again, and the handles, side by side: looking for a free slot among 10,000 reads 40 KiB, not one line of each slot.
struct ThreadPool {
  ThreadRecord* slots;
  std::atomic<uintptr_t>* handles;
  std::atomic<uint32_t>* ids;
  uint32_t capacity;
};
constinit ThreadPool pool{};

// Two counters behind the ids, in the same wiped memory.
constexpr uint32_t kCounters = 2;
// Slots in use so far, rounded up; grows only when no dead thread's slot was found below it.
std::atomic<uint32_t>* high_water() { return &pool.ids[pool.capacity]; }

size_t pool_bytes(uint32_t capacity) {
  return capacity * (sizeof(ThreadRecord) + sizeof(uintptr_t) + sizeof(uint32_t)) + kCounters * sizeof(uint32_t);
}

constexpr uint32_t kFirstSlots = 64;
constexpr uint32_t kBeingFreed = ~uint32_t{0};  // in ids: no thread has this id

__thread bool claiming;
constinit std::atomic<uint32_t> name_epoch{1};
constinit std::atomic<uint32_t> newest_serial;

// Frees the slots of threads that no longer exist. Returns whether there were any.
LOCKWRAP_COLD bool free_dead_slots(uint32_t used) {
  bool found = false;
  for (uint32_t slot = 0; slot < used; ++slot) {
    uint32_t id = pool.ids[slot].load(std::memory_order_relaxed);
    if (!id || id == kBeingFreed || !is_gone(id)) continue;
    // Marked first, so that nobody takes the slot before its record is clean.
    if (!pool.ids[slot].compare_exchange_strong(id, kBeingFreed, std::memory_order_relaxed)) continue;
    if (visit_ended) visit_ended(pool.slots[slot]);
    pool.slots[slot].id.store(0, std::memory_order_relaxed);
    pool.ids[slot].store(0, std::memory_order_release);  // pairs with the acquire in take_slot
    found = true;
  }
  return found;
}

// A slot for the thread `id`: one that still carries that id belongs to a thread that has ended.
LOCKWRAP_COLD ThreadRecord* take_slot(uint32_t id) {
  bool missed = false;
  for (int attempt = 0; attempt < 5; ++attempt) {
    uint32_t used = high_water()->load(std::memory_order_relaxed);
    ThreadRecord* taken = nullptr;
    for (uint32_t slot = 0; slot < used; ++slot) {
      uint32_t owner = pool.ids[slot].load(std::memory_order_relaxed);
      if (owner == id) {
        if (!taken) taken = &pool.slots[slot];
        else pool.ids[slot].store(0, std::memory_order_relaxed);
      } else if (!owner && !taken &&
                 pool.ids[slot].compare_exchange_strong(owner, id, std::memory_order_acquire)) {
        taken = &pool.slots[slot];
      }
    }
    if (taken) return taken;
    // Whoever finds nothing to free looks once more: another thread may just have freed it.
    if (used && (free_dead_slots(used) || !missed)) {
      missed = true;
      continue;
    }
    uint32_t wanted = used ? used * 2 : kFirstSlots;
    if (wanted > pool.capacity) wanted = pool.capacity;
    if (wanted == used) return nullptr;
    high_water()->compare_exchange_strong(used, wanted, std::memory_order_relaxed);
  }
  return nullptr;
}

}  // namespace

bool is_gone(uint32_t id) {
  const int saved_errno = errno;
  const bool gone = syscall(SYS_tgkill, getpid(), id, 0) != 0 && errno == ESRCH;
  errno = saved_errno;
  return gone;
}

ThreadRecord* find_thread(uint32_t id) {
  if (!pool.capacity || !id) return nullptr;
  const uint32_t used = high_water()->load(std::memory_order_relaxed);
  for (uint32_t slot = 0; slot < used; ++slot) {
    if (pool.ids[slot].load(std::memory_order_acquire) == id) return &pool.slots[slot];
  }
  return nullptr;
}

ThreadRecord* find_thread_by_handle(uintptr_t handle) {
  if (!pool.capacity || !handle) return nullptr;
  const uint32_t used = high_water()->load(std::memory_order_relaxed);
  for (uint32_t slot = 0; slot < used; ++slot) {
    const uint32_t id = pool.ids[slot].load(std::memory_order_acquire);
    // A thread that ended leaves its handle, which libc gives to a new one.
    if (id && id != kBeingFreed && pool.handles[slot].load(std::memory_order_relaxed) == handle && !is_gone(id)) return &pool.slots[slot];
  }
  return nullptr;
}

LOCKWRAP_COLD bool map_thread_pool(size_t most_bytes) {
  for (uint32_t capacity = kMaxThreads; capacity >= kFirstSlots; capacity /= 4) {
    auto* memory = pool_bytes(capacity) > most_bytes ? nullptr : static_cast<char*>(base::map_wiped_on_fork(pool_bytes(capacity)));
    if (!memory) continue;
    pool.slots = reinterpret_cast<ThreadRecord*>(memory);
    pool.handles = reinterpret_cast<std::atomic<uintptr_t>*>(pool.slots + capacity);
    pool.ids = reinterpret_cast<std::atomic<uint32_t>*>(pool.handles + capacity);
    pool.capacity = capacity;
    return true;
  }
  return false;
}

size_t slot_of(const ThreadRecord& thread) { return static_cast<size_t>(&thread - pool.slots); }
const ThreadRecord& thread_at(size_t slot) { return pool.slots[slot]; }
size_t thread_slots() { return pool.capacity; }

void wipe_thread_pool() {
  if (!pool.capacity) return;
  madvise(pool.slots, pool_bytes(pool.capacity), MADV_DONTNEED);
}

std::atomic<uint32_t>& overflow_block_count() { return pool.ids[pool.capacity + 1]; }

ThreadRecord* claim_thread_record() {
  if (claiming || !pool.capacity) return nullptr;
  claiming = true;  // a signal handler meanwhile is passed through
  const int saved_errno = errno;
  const uint32_t id = kernel_thread_id();
  ThreadRecord* thread = take_slot(id);
  if (thread) {
    // What the slot's last owner had for many held locks is kept.
    HeldBlock* blocks = emptied_blocks(*thread);
    memset(static_cast<void*>(thread), 0, sizeof *thread);
    thread->blocks = blocks;
    thread->serial = newest_serial.fetch_add(1, std::memory_order_relaxed) + 1;
    this_thread = thread;
    begin_held_list(*thread);
    if (origins_kept) forget_origins(*thread);
    pool.handles[thread - pool.slots].store(lockwrap_thread_handle(), std::memory_order_relaxed);
    thread->id.store(id, std::memory_order_release);
  } else {
    this_thread = nullptr;
    abandon_held_list();
  }
  errno = saved_errno;
  claiming = false;
  return thread;
}

void for_each_thread(VisitThread visit, void* context) {
  if (!pool.capacity) return;
  const uint32_t used = high_water()->load(std::memory_order_relaxed);
  for (uint32_t slot = 0; slot < used; ++slot) {
    if (pool.ids[slot].load(std::memory_order_acquire)) visit(context, pool.slots[slot]);
  }
}

void forget_thread_names() { name_epoch.fetch_add(1, std::memory_order_relaxed); }

uint32_t thread_name(ThreadRecord& thread) {
  const uint32_t epoch = name_epoch.load(std::memory_order_relaxed);
  if (thread.name_epoch == epoch) return thread.name;
  char name[16 + 1] = {};
  const int saved_errno = errno;
  if (prctl(PR_GET_NAME, name) != 0) name[0] = 0;
  errno = saved_errno;
  thread.name = *name ? intern_name(name) : 0;
  thread.name_epoch = epoch;
  return thread.name;
}

}  // namespace lockwrap::locks
