#include "runtime/locks/held_list.h"

#include "runtime/base/arena.h"
#include "runtime/base/own_memory.h"
#include "runtime/locks/held_block.h"
#include "runtime/locks/mutex_words.h"

namespace lockwrap::locks {

namespace {

// All blocks of all threads together; beyond, held locks are not remembered and counted.
constexpr uint32_t kMaxBlocks = 512;

}  // namespace

constinit EmptyBlock empty_block{};
constinit bool inline_entries_allowed = true;
__thread HeldEntry* held_next = empty_block.entries + kInlineEntries;

namespace {

bool is_lock(const HeldEntry& entry, uintptr_t lock) { return (entry.lock & ~kHeldFlags) == lock; }

void close_gap(HeldDetail* details, size_t gap, size_t count) {
  for (size_t i = gap; i + 1 < count; ++i) details[i] = details[i + 1];
}
// Other threads look at entries: no lock is seen with another one's site.
void close_gap(HeldEntry* entries, size_t gap, size_t count) {
  for (size_t i = gap; i + 1 < count; ++i) {
    __atomic_exchange_n(&entries[i].lock, 0, __ATOMIC_ACQ_REL);  // nothing of what follows comes before
    fill(&entries[i], entries[i + 1].lock, entries[i + 1].site);
  }
}

// PTHREAD_MUTEX_INCONSISTENT of glibc's pthreadP.h: a robust mutex that is held, and whose last owner died.
constexpr uint32_t kOwnerOfInconsistentMutex = 0x7fffffff;

// Whether libc says that somebody else owns the lock, or its memory is gone. Read by the kernel: the memory may be unmapped.
bool is_stale(const HeldEntry& entry, uint32_t thread_id) {
  uint32_t owner = 0;
  const auto copied = base::copy_own_memory((entry.lock & ~kHeldFlags) + kMutexOwnerOffset, &owner, sizeof owner);
  if (copied == base::Copied::kYes) return owner != thread_id && owner != kOwnerOfInconsistentMutex;
  return copied == base::Copied::kNo;
}

// Forgets entries that were released elsewhere: a lock that another thread unlocks, as fibers that change threads do, stays in the list
// of the thread that took it. Done when the inline entries are full; where there are none, whenever there are twice as many entries
// as after the last time.
void forget_stale(ThreadRecord& thread, HeldEntry* entries, HeldDetail* details, uint32_t count) {
  if (!kMutexHasOwner) return;
  const uint32_t id = thread.id.load(std::memory_order_relaxed);
  // A call that this one interrupts, as a signal handler's, may have reserved the newest entry and not filled it in yet; and another one
  // that it interrupted, the one before.
  constexpr uint32_t kNotLookedAt = 4;
  for (uint32_t i = count - kNotLookedAt; i-- > 0;) {
    if (entries[i].lock && !(entries[i].lock & kNoMutex) && is_stale(entries[i], id)) remove_held(thread, {&entries[i], &details[i]});
  }
}

void forget_stale_of_block(ThreadRecord& thread, HeldBlock& block) {
  constexpr uint32_t kFirstLook = kInlineEntries;
  if (!block.next_look) block.next_look = kFirstLook;
  if (has_inline_entries() || block.count < block.next_look) return;
  forget_stale(thread, block.entries, block.details, block.count);
  block.next_look = block.count < kFirstLook / 2 ? kFirstLook : 2 * block.count;
}

// The block of the chain behind `block` (null: the first one), made if there is none. Null when no memory is left.
HeldBlock* block_after(ThreadRecord& thread, HeldBlock* block) {
  HeldBlock** link = block ? &block->next : &thread.blocks;
  if (*link) return *link;
  if (overflow_block_count().load(std::memory_order_relaxed) >= kMaxBlocks) return nullptr;
  auto* made = static_cast<HeldBlock*>(base::map_wiped_on_fork(sizeof(HeldBlock)));
  if (!made) return nullptr;
  overflow_block_count().fetch_add(1, std::memory_order_relaxed);
  // A signal handler may have made one meanwhile: then this one comes behind it, for later.
  for (HeldBlock* last = block;;) {
    made->previous = last;
    HeldBlock* there = nullptr;
    if (__atomic_compare_exchange_n(link, &there, made, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) break;
    last = there;
    link = &there->next;
  }
  return block ? block->next : thread.blocks;
}

}  // namespace

// The functions below begin with the common case (the newest of the inline entries, which all the thread's entries are); the rest of
// each is a function of its own. A paused list never looks like the common case: its held_next is that of an empty and full one.
namespace {

bool has_room(const HeldEntry* next) { return reinterpret_cast<uintptr_t>(next) & (kInlineBytes - 1); }

// An empty reference when no memory is left.
LOCKWRAP_COLD HeldRef reserve(ThreadRecord& thread) {
  HeldEntry*& next = next_of(thread);
  if (!has_room(next) && !thread.overflow && inline_count(thread) == kInlineEntries) {
    forget_stale(thread, thread.held + 1, thread.details + 1, kInlineEntries - 1);
  }
  if (has_room(next)) {
    HeldEntry* entry = next++;
    return {entry, &thread.details[entry - thread.held]};
  }
  HeldBlock* block = thread.overflow;
  if (block) forget_stale_of_block(thread, *block);
  if (!block || block->count == HeldBlock::kEntries) block = block_after(thread, block);
  if (!block) return {nullptr, nullptr};
  const uint32_t index = block->count++;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  thread.overflow = block;
  return {&block->entries[index], &block->details[index]};
}

LOCKWRAP_NEVER_INLINE HeldRef find_any(ThreadRecord& thread, uintptr_t lock) {
  for (HeldBlock* block = thread.overflow; block; block = block->previous) {
    for (uint32_t i = block->count; i-- > 0;) {
      if (is_lock(block->entries[i], lock)) return {&block->entries[i], &block->details[i]};
    }
  }
  for (uint32_t i = inline_count(thread); i-- > 1;) {
    if (is_lock(thread.held[i], lock)) return {&thread.held[i], &thread.details[i]};
  }
  return {nullptr, nullptr};
}

LOCKWRAP_NEVER_INLINE bool any_held_again(ThreadRecord& thread, const HeldRef& reference) {
  const uintptr_t lock = reference.entry->lock & ~kHeldFlags;
  for (HeldBlock* block = thread.overflow; block; block = block->previous) {
    for (uint32_t i = 0; i < block->count; ++i) {
      if (is_lock(block->entries[i], lock) && &block->entries[i] != reference.entry) return true;
    }
  }
  for (uint32_t i = 1; i < inline_count(thread); ++i) {
    if (is_lock(thread.held[i], lock) && &thread.held[i] != reference.entry) return true;
  }
  return false;
}

LOCKWRAP_NEVER_INLINE void remove_any(ThreadRecord& thread, const HeldRef& reference) {
  forget_order(thread, reference);
  if (is_inline(thread, reference.entry)) {
    const auto index = static_cast<size_t>(reference.entry - thread.held);
    close_gap(thread.held, index, inline_count(thread));
    close_gap(thread.details, index, inline_count(thread));
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    (--next_of(thread))->lock = 0;
    return;
  }
  HeldBlock& block = block_of(thread, reference.entry);
  const auto index = static_cast<size_t>(reference.entry - block.entries);
  close_gap(block.entries, index, block.count);
  close_gap(block.details, index, block.count);
  block.entries[block.count - 1].lock = 0;  // whoever reserves it next claims nothing yet
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  --block.count;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  HeldBlock* last = thread.overflow;
  while (last && last->count == 0) last = last->previous;
  thread.overflow = last;
}

}  // namespace

HeldRef push_held(ThreadRecord& thread, uintptr_t lock, uintptr_t site) {
  HeldEntry* next = held_next;
  HeldRef reference;
  if (LOCKWRAP_LIKELY(has_room(next))) {
    reference = {next, &thread.details[next - thread.held]};
    held_next = next + 1;
  } else {
    reference = reserve(thread);
    if (!reference.entry) return reference;
  }
  // Reserved before it is filled in; and its details before it claims to have any.
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  *reference.detail = {};
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  fill(reference.entry, lock, site);
  return reference;
}

HeldRef find_held(ThreadRecord& thread, uintptr_t lock) {
  HeldEntry* last = held_next - 1;
  if (LOCKWRAP_UNLIKELY(thread.overflow || !is_lock(*last, lock))) return find_any(thread, lock);
  return {last, &thread.details[last - thread.held]};
}

bool held_again(ThreadRecord& thread, const HeldRef& reference) {
  const bool is_only_one = !thread.overflow && held_next == thread.held + 2;
  return LOCKWRAP_UNLIKELY(!is_only_one) && any_held_again(thread, reference);
}

void remove_held(ThreadRecord& thread, const HeldRef& reference) {
  if (LOCKWRAP_UNLIKELY(reference.entry + 1 != held_next)) return remove_any(thread, reference);
  held_next = reference.entry;
  // Details are a claim: whoever looks at this thread's list from outside must not meet them behind its end.
  reference.entry->lock = 0;
}

size_t count_held_entries(ThreadRecord& thread) {
  size_t count = inline_count(thread) - 1;
  for (const HeldBlock* block = thread.overflow; block; block = block->previous) count += block->count;
  return count;
}

PendingWait* wait_with_frames(ThreadRecord& thread) {
  for (uint32_t i = 1; i < inline_count(thread); ++i) {
    if ((thread.held[i].lock & kDetailed) && thread.details[i].wait.stack_kept == WaitStack::kInThread) {
      return &thread.details[i].wait;
    }
  }
  for (HeldBlock* block = thread.overflow; block; block = block->previous) {
    for (uint32_t i = 0; i < block->count; ++i) {
      if (block->details[i].wait.stack_kept == WaitStack::kInThread) return &block->details[i].wait;
    }
  }
  return nullptr;
}

void for_each_held(const ThreadRecord& thread, VisitHeld visit, void* context) {
  // The owner's held_next is its own; entries behind it are stale and recognised by the visitor.
  for (size_t i = 1; i < kInlineEntries; ++i) visit(context, thread.held[i], thread.details[i]);
  for (const HeldBlock* block = thread.overflow; block; block = block->previous) {
    for (uint32_t i = 0; i < block->count && i < HeldBlock::kEntries; ++i) {
      visit(context, block->entries[i], block->details[i]);
    }
  }
}

void for_each_own_held(ThreadRecord& thread, VisitHeld visit, void* context) {
  for (uint32_t i = 1; i < inline_count(thread); ++i) visit(context, thread.held[i], thread.details[i]);
  for (const HeldBlock* block = thread.blocks; block; block = block->next) {
    for (uint32_t i = 0; i < block->count; ++i) visit(context, block->entries[i], block->details[i]);
  }
}

namespace {

uintptr_t lock_of(const HeldEntry& entry) { return __atomic_load_n(&entry.lock, __ATOMIC_ACQUIRE); }  // pairs with fill

// The first entry with this in these bits, in the list of any thread, and how many are older. Entries of other threads may lie behind the
// end of their list, where an older hold of the same lock is left over: the first one is the present one.
LOCKWRAP_COLD const HeldEntry* find_first(const ThreadRecord& thread, uintptr_t bits, uintptr_t lock, size_t& older) {
  for (older = 0; older < kInlineEntries - 1; ++older) {
    if ((lock_of(thread.held[older + 1]) & bits) == lock) return &thread.held[older + 1];
  }
  if (!has_inline_entries()) older = 0;
  for (const HeldBlock* block = thread.blocks; block; block = block->next) {
    for (uint32_t i = 0; i < block->count && i < HeldBlock::kEntries; ++i, ++older) {
      if ((lock_of(block->entries[i]) & bits) == lock) return &block->entries[i];
    }
  }
  return nullptr;
}

}  // namespace

LOCKWRAP_COLD size_t count_older(const ThreadRecord& thread, uintptr_t lock) {
  size_t older;
  return find_first(thread, ~kHeldFlags, lock, older) ? older : kNotHeld;
}

LOCKWRAP_COLD uintptr_t site_of_hold(ThreadRecord& thread, uintptr_t lock) {
  size_t older;
  if (&thread == this_thread) {
    const HeldEntry* entry = find_held(thread, lock).entry;
    return entry ? entry->site : 0;
  }
  const HeldEntry* entry = find_first(thread, ~kHeldFlags, lock, older);
  if (!entry) return 0;
  const uintptr_t site = __atomic_load_n(&entry->site, __ATOMIC_ACQUIRE);  // before the second look
  return (__atomic_load_n(&entry->lock, __ATOMIC_RELAXED) & ~kHeldFlags) == lock ? site : 0;
}

LOCKWRAP_COLD uintptr_t site_of_read(const ThreadRecord& thread, uintptr_t lock) {
  size_t older;
  const HeldEntry* entry = find_first(thread, ~kDetailed, lock | kNoMutex | kShared, older);
  return entry ? entry->site : 0;
}

LockKind kind_of(const HeldEntry& entry, const HeldDetail& detail) {
  if (!(entry.lock & kNoMutex)) return LockKind::kMutex;
  if (!kHeldSpin) return entry.lock & kDetailed && detail.record ? detail.record->kind : LockKind::kUnknown;
  return entry.lock & kHeldSpin ? LockKind::kSpin : entry.lock & kHeldCustom ? LockKind::kCustom : LockKind::kRwlock;
}

HeldBlock* emptied_blocks(ThreadRecord& thread) {
  for (HeldBlock* block = thread.blocks; block; block = block->next) block->count = 0;
  return thread.blocks;
}

void begin_held_list(ThreadRecord& thread) {
  held_next = has_inline_entries() ? thread.held + 1 : empty_block.entries + kInlineEntries;
}

void abandon_held_list() { held_next = empty_block.entries + kInlineEntries; }

void pause_held_list(ThreadRecord& thread) {
  if (thread.pause_depth++ == 0) {
    thread.paused_next = held_next;
    abandon_held_list();
  }
}

bool resume_held_list(ThreadRecord& thread) {
  if (!thread.pause_depth) return false;
  if (--thread.pause_depth == 0) {
    held_next = thread.paused_next;
    thread.paused_next = nullptr;
  }
  return true;
}

}  // namespace lockwrap::locks
