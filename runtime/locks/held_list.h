// Which locks the calling thread holds: pushed and popped by every lock call, so the part that is always done is inline and
// touches the thread's own memory only.
//
// Entries lie in the thread record; `held_next` points behind the last one. Its low bits are zero when the inline entries are full
// and also before the thread has a record: one test sends both to the slow path. An entry is reserved before it is filled
// in, so that a signal handler that takes locks in between leaves the list as it found it.
// Locks beyond the inline entries go to overflow blocks, also by the slow path.
// Runs: inside every wrapped call.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::locks {

struct LockRecord;
struct ThreadRecord;

// `lock` is an address with flags: the entry has details, and its release takes the slow path; the lock is no mutex, so that
// libc does not tell who has it; it is held for reading, beside others; it is a spin lock, or one of the program's own. Locks are aligned
// to 4 bytes at least, and no address of a 64-bit program has one of its highest bits set; 32-bit programs tell readers apart by their
// calls only.
struct HeldEntry {
  uintptr_t lock;
  uintptr_t site;  // return address of the call that took it
};
constexpr uintptr_t kDetailed = 1;
constexpr uintptr_t kNoMutex = 2;
constexpr uintptr_t kShared = sizeof(uintptr_t) == 8 ? ~(~uintptr_t{0} >> 1) : 0;
constexpr uintptr_t kHeldSpin = kShared >> 1;
constexpr uintptr_t kHeldCustom = kShared >> 2;
constexpr uintptr_t kHeldFlags = kDetailed | kNoMutex | kShared | kHeldSpin | kHeldCustom;

// Where the stack of a wait is that is not accounted yet.
// A candidate is interned, and it is not decided yet whether it counts.
enum class WaitStack : uint8_t { kNone, kInThread, kInterned, kCandidate };

// A wait that ended with this acquisition and is accounted after the release.
struct __attribute__((packed, aligned(4))) PendingWait {
  uint64_t wait_ns;    // of an acquisition that did not wait: what contention::begin_hold gave
  uint32_t place;  // index, 0: this acquisition did not wait
  uint32_t stack;  // index of an interned stack
  WaitStack stack_kept;
  bool is_begin_unknown;  // of a reader: others waited, and it had no room to note when it began
};

struct HeldDetail {
  LockRecord* record;  // null: nobody had waited for the lock when it was taken
  PendingWait wait;
  // For the key of the order in which a further lock is taken (order_key.h): the sum over this entry and all before it, in the first
  // inline entry the lock's own number. Kept for entries without details, too, unless nobody looks at orders.
  uint32_t order;
};

constexpr size_t kInlineBytes = 512;  // of the aligned block of entries; the first entry stays unused
constexpr size_t kInlineEntries = kInlineBytes / sizeof(HeldEntry);

// __thread, not thread_local: constant initialisation, no wrapper function. Initially at the end of an empty block.
extern __thread HeldEntry* held_next;

// False where lock words turned out to be libc's own: then every call takes the slow path. Set once, before the first
// thread has a record.
extern constinit bool inline_entries_allowed;

struct HeldRef {
  HeldEntry* entry;
  HeldDetail* detail;  // never null when entry is not
};

// Of a reserved entry. Another thread that sees this lock sees where it was taken, not where the lock was that the entry had before.
LOCKWRAP_ALWAYS_INLINE void fill(HeldEntry* entry, uintptr_t lock, uintptr_t site) {
  __atomic_store_n(&entry->site, site, __ATOMIC_RELAXED);
  __atomic_store_n(&entry->lock, lock, __ATOMIC_RELEASE);  // pairs with find_first
}

// Counts on a lock without a record, with room in the inline entries. False: nothing was done, take the slow path.
LOCKWRAP_ALWAYS_INLINE bool push_inline(uintptr_t lock, uintptr_t site) {
  HeldEntry* entry = held_next;
  if (LOCKWRAP_UNLIKELY((reinterpret_cast<uintptr_t>(entry) & (kInlineBytes - 1)) == 0)) return false;
  held_next = entry + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  fill(entry, lock, site);
  return true;
}

// The lock of the last entry, with its flags.
LOCKWRAP_ALWAYS_INLINE uintptr_t last_inline() { return held_next[-1].lock; }
// Whether the entry before the last one is of the same lock. Before the first entry lies the unused one.
LOCKWRAP_ALWAYS_INLINE bool is_inline_again() {
  const HeldEntry* last = held_next - 1;
  return (reinterpret_cast<uintptr_t>(last) & (kInlineBytes - 1)) && (last[-1].lock & ~kHeldFlags) == last->lock;
}
LOCKWRAP_ALWAYS_INLINE void pop_inline() { held_next = held_next - 1; }
// The same, and nothing of it is left: for locks of which libc does not tell who holds them.
LOCKWRAP_ALWAYS_INLINE void wipe_inline() {
  HeldEntry* entry = held_next - 1;
  entry->lock = 0;
  held_next = entry;
}

// Adds an entry, with zeroed details; `lock` may have flags set. An empty reference when no memory is left (counted by the caller).
HeldRef push_held(ThreadRecord& thread, uintptr_t lock, uintptr_t site);
// The newest entry of the lock, or an empty reference. Once more locks are held than have room inline, it may be an older one
// of a lock that is held several times.
HeldRef find_held(ThreadRecord& thread, uintptr_t lock);
// Whether the lock has an entry besides `reference`: it is held recursively.
bool held_again(ThreadRecord& thread, const HeldRef& reference);
void remove_held(ThreadRecord& thread, const HeldRef& reference);
size_t count_held_entries(ThreadRecord& thread);  // count_held, if there are any

// The sum of the orders of all entries (HeldDetail::order), and of all but `reference`, the newest one.
uint32_t order_of_all(ThreadRecord& thread);
void set_order(ThreadRecord& thread, const HeldRef& reference, uint32_t number);
// A lock that had no number when it was taken has got one.
void number_held(ThreadRecord& thread, const HeldRef& reference, uint32_t number);

// The wait of a held lock whose stack is still in the thread's frames, or null.
PendingWait* wait_with_frames(ThreadRecord& thread);

// Visits all entries of any thread, also while it runs. What is seen may be torn and must be checked. Entries with details and
// those of no mutex are held now; the others may be left over from an earlier hold.
using VisitHeld = void (*)(void* context, const HeldEntry& entry, const HeldDetail& detail);
void for_each_held(const ThreadRecord& thread, VisitHeld visit, void* context);

// Visits the entries that the calling thread has now, in the order of taking; with more than the inline ones, in two such parts. Mutexes
// that another thread has unlocked are among them: libc's owner word tells.
void for_each_own_held(ThreadRecord& thread, VisitHeld visit, void* context);

// How many entries of any thread's list are older than the lock's first one; kNotHeld: it has none. May be outdated like what is visited.
constexpr size_t kNotHeld = ~size_t{0};
size_t count_older(const ThreadRecord& thread, uintptr_t lock);

// The call that took the lock, in the list of a thread that has it; 0: unknown. While that thread runs it may release the lock meanwhile:
// libc must say before and after that it has the lock. What is left then are moments of a few instructions: the thread has the lock again, and its
// entry is of the hold before.
uintptr_t site_of_hold(ThreadRecord& thread, uintptr_t lock);
// The same of a readers-writer lock that it reads under; a mutex that stood at this address before may be left over.
uintptr_t site_of_read(const ThreadRecord& thread, uintptr_t lock);
// What an entry is of; on 32-bit targets, which cannot tell locks that are no mutexes apart, as far as it has a record.
enum class LockKind : uint8_t;
LockKind kind_of(const HeldEntry& entry, const HeldDetail& detail);

// The chain of overflow blocks that a record's last thread had, emptied.
struct HeldBlock* emptied_blocks(ThreadRecord& thread);
// The list of a thread that has just got its record.
void begin_held_list(ThreadRecord& thread);
// This thread has no record: every call takes the slow path.
void abandon_held_list();
// From here on every call of the thread takes the slow path, and only releases look into the list. Calls nest.
void pause_held_list(ThreadRecord& thread);
// False when the thread was not paused.
bool resume_held_list(ThreadRecord& thread);

}  // namespace lockwrap::locks
