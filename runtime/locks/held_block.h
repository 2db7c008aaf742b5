// How a thread's held list lies in memory: what held_list.cpp and held_order.cpp share.
// Runs: inside slow calls.
#pragma once

#include "runtime/locks/held_list.h"
#include "runtime/locks/hold_origin.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::locks {

// A block of further entries: 32 KiB. A thread that holds 1,000 locks has two. Blocks stay chained for good; `overflow` of the thread
// is the last one with entries.
//
// A signal handler that takes locks in between gives them back before it returns, and so leaves all counts as they were. Therefore
// an entry is reserved by its block's count alone, and before `overflow` moves on to that block.
struct HeldBlock {
  static constexpr uint32_t kEntries = 580;
  HeldBlock* previous;
  HeldBlock* next;
  uint32_t count;
  uint32_t next_look;  // where there are no inline entries: how many entries there are when stale ones are looked for next
  HeldEntry entries[kEntries];
  HeldDetail details[kEntries];
};
static_assert(sizeof(HeldBlock) <= 32 * 1024);

// Before a thread has a record its list is empty and full at once.
struct EmptyBlock {
  alignas(kInlineBytes) HeldEntry entries[kInlineEntries];
};
extern constinit EmptyBlock empty_block;

// Where the calling thread's inline entries end: put aside while the thread is paused.
inline HeldEntry*& next_of(ThreadRecord& thread) { return thread.paused_next ? thread.paused_next : held_next; }

// Including the unused first entry; 1 when the thread keeps all entries in blocks.
inline uint32_t inline_count(ThreadRecord& thread) {
  HeldEntry* next = next_of(thread);
  return next == empty_block.entries + kInlineEntries ? 1 : static_cast<uint32_t>(next - thread.held);
}

// Where they are not allowed, or not wanted, all entries lie in blocks.
inline bool has_inline_entries() { return inline_entries_allowed && !origins_kept; }

inline bool is_inline(const ThreadRecord& thread, const HeldEntry* entry) {
  return entry >= thread.held && entry < thread.held + kInlineEntries;
}

// The block that the entry, which is no inline one, lies in.
inline HeldBlock& block_of(ThreadRecord& thread, const HeldEntry* entry) {
  HeldBlock* block = thread.overflow;
  while (block->previous && (entry < block->entries || entry >= block->entries + HeldBlock::kEntries)) block = block->previous;
  return *block;
}

// The entry is going: the sums of those behind it lose its part.
void forget_order(ThreadRecord& thread, const HeldRef& reference);

}  // namespace lockwrap::locks
