// One fixed slot a thread, in a mapped pool: its held locks, its present wait, its scratch memory. 4 KiB, touched on use.
//
// A slot is claimed at a thread's first slow call and found by its kernel thread id: threads that ended in whatever way,
// seen or unseen, leave an id that no longer exists, and their slots are found again when one is needed. No thread-specific
// data and no exit handler, so that a lock taken by the very last destructor of a thread is still watched.
// The pool is wiped in a forked child: a record whose id is 0 belongs to nobody and starts clean.
// Runs: inside slow calls.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/locks/held_list.h"
#include "runtime/locks/lock_record.h"
#include "runtime/locks/published_wait.h"
#include "runtime/stack/walk.h"

namespace lockwrap::locks {

// Given by wrap/: the calling thread's pthread_t.
extern "C" uintptr_t lockwrap_thread_handle();

constexpr size_t kMaxThreads = 16384;  // at once; further ones are not watched, and counted

struct HeldBlock;

// A reader's own beginning of a hold, taken while others wait: the record's lanes belong to holders that are alone.
struct ReadHold {
  uintptr_t lock;  // 0: free
  uint64_t begin_ns;
  uint64_t begins[kLanes];
};
constexpr unsigned kKnownOrderBits = 6;

constexpr size_t kReadHolds = 3;  // of one thread at once; further ones begin where the record's lanes stand

// A wait in progress. Written by the owner only, read by reports.
struct PresentWait {
  std::atomic<uint32_t> place;  // index, 0: none
  std::atomic<uint64_t> since_ns;
};

// A wait within which the thread may wait for locks: for an event, or for a lock of the program's own.
struct OuterWait : PresentWait {
  uint32_t stack;      // interned, 0: none
  bool is_published;   // by `published` of the thread
  double probability;  // with which the stack of an event was taken
};

// The mutex of a condition wait in progress. Written by the owner, `mutex` last, read by those who come to the condition.
struct ConditionMutex {
  std::atomic<uintptr_t> mutex;  // 0: no condition wait
  std::atomic<uintptr_t> condition;
  std::atomic<uintptr_t> site;
  std::atomic<uint32_t> wakings;  // of the condition's record, when the wait began
  std::atomic<bool> is_timed;
};

// An initialiser in progress, in a stack frame of the thread that runs it.
struct Initialisation {
  const volatile void* control;
  void (*initialise)();
  const Initialisation* outer;
};

// The mutex that the thread gave up for a condition wait, until it has it again; 0: none.
struct GivenUp {
  uintptr_t mutex;
  uintptr_t site;  // of the wait
};

// A worker's promise to show itself alive.
struct WorkerState {
  std::atomic<uint64_t> limit_ns;  // 0: no worker
  std::atomic<uint64_t> alive_ns;  // monotonic, when it did so last; 0: told that it did not
  uint32_t name;                   // index into names
  std::atomic<uint32_t> late_ms;   // when it was first seen late, odd; 0: it was not
};

// How long a lock was held, as far as its waiters could see.
constexpr uint64_t kNotLooked = ~uint64_t{0};
struct HoldTime {
  uint64_t ns;          // 0: not known
  uint64_t blocked_ns;  // that the holder slept meanwhile, or kNotLooked
};

// What a release owes to the tables, kept until no lock call is in progress.
struct Settlement {
  LockRecord* record;
  uintptr_t holder_site;
  bool is_blamed;  // somebody waited
  bool is_reader;  // the holder
  uint8_t holds;   // that it stands for
  uint8_t weight;  // of its time
  uint64_t blamed_ns[kLanes];  // what the waiters of each lane waited during the hold
  HoldTime time;
  PendingWait wait;
};

// A thread's look at itself when a hold began or ended.
struct SelfLook {
  uint64_t begin_ns;         // monotonic, of the hold; 0: it has ended
  uint64_t cpu_ns;           // processor time then
  uint32_t sleeps;           // how often the thread had left the processor to wait for something,
  uint32_t preemptions;      // and how often because another one was to run
};

struct alignas(4096) ThreadRecord {
  HeldEntry held[kInlineEntries];  // first: the alignment of held_next relies on it
  HeldDetail details[kInlineEntries];
  stack::LastStack stack;        // of the newest wait
  bool stack_kept;               // it belongs to a wait that is not accounted yet
  bool busy;                     // a slow call is in progress; one that interrupts it is passed through
  bool deferred;                 // `settlement` waits for the next release
  std::atomic<uint32_t> id;      // kernel thread id, 0: free
  uint32_t name;                 // index into names, 0: not read yet
  uint32_t name_epoch;           // of `name`
  uint64_t random_state;
  uint64_t unsampled_ns;         // of waiting, until the next stack is kept; 0: not drawn yet
  uint32_t last_place;           // hints: most often the next one is the same
  uint32_t last_pair;
  uint32_t last_holder;
  uint32_t last_event;           // a place, too
  SelfLook look;
  uint64_t look_due_ns;          // when it may ask the kernel again
  HeldBlock* blocks;             // the first of the chain of blocks for entries beyond the inline ones
  HeldBlock* overflow;           // the last of them that has entries, null: none has
  HeldEntry* paused_next;        // held_next, put aside; null: not paused
  uint32_t pause_depth;
  PresentWait wait;              // for a lock of libc's
  PublishedWait published;       // the wait that the thread is in, of whatever kind
  std::atomic<uint32_t> told_wait;   // sequence of the wait of which a deadlock was told
  std::atomic<uint32_t> gave_up;     // how often this thread gave up a wait so that a deadlock ended
  std::atomic<const struct Initialisation*> initialising;  // the innermost initialiser of pthread_once that it runs
  Settlement settlement;
  OuterWait event;               // a condition, a semaphore, a barrier, a join
  OuterWait custom;              // announced by the program
  ConditionMutex condition_mutex;
  GivenUp given_up;
  WorkerState worker;
  uint32_t barrier;              // the one that the thread passed last, as a number; 0: none
  uint32_t barrier_phase;        // how often it passed that one
  uint32_t serial;               // of all threads that had a record; never 0
  uint32_t known_orders[1u << kKnownOrderBits];  // keys (order_key.h), 0: free
  ReadHold read_holds[kReadHolds];
};
static_assert(sizeof(ThreadRecord) == 4096);
static_assert(sizeof(void*) == 4 || sizeof(HeldDetail) == 2 * sizeof(HeldEntry));  // order_of is cheap then

// The calling thread's record; null when it has none yet.
extern __thread ThreadRecord* this_thread;

// How many entries the calling thread's list has.
inline size_t count_held(ThreadRecord& thread) {
  return held_next == thread.held + 1 && !thread.overflow ? 0 : count_held_entries(thread);
}

// Where the reader notes the beginning of a hold of the lock, or null: it has none, or no room for one.
inline ReadHold* find_read_hold(ThreadRecord& thread, uintptr_t lock) {
  for (ReadHold& hold : thread.read_holds) {
    if (hold.lock == lock) return &hold;
  }
  return nullptr;
}

// Maps the pool: a smaller one when the full size is more than `most_bytes`, or refused by the kernel. False when all are.
bool map_thread_pool(size_t most_bytes);
// Which slot of how many a record is.
size_t slot_of(const ThreadRecord& thread);
const ThreadRecord& thread_at(size_t slot);
size_t thread_slots();
// Makes all slots free again: forked child on a kernel that does not wipe.
void wipe_thread_pool();

// Overflow blocks of held lists that exist; zero in a forked child, which has lost them.
std::atomic<uint32_t>& overflow_block_count();

// Gives the calling thread a record. Null when the pool is full or absent; asked again at the next slow call.
ThreadRecord* claim_thread_record();

// The calling thread's, asked of the kernel.
uint32_t kernel_thread_id();
// Whether the process has no such thread.
bool is_gone(uint32_t id);
// The record of a thread, or null when it has none; it may have ended.
ThreadRecord* find_thread(uint32_t id);
// The same by the handle (pthread_t) that lockwrap_thread_handle gave of it. Never that of an ended thread.
ThreadRecord* find_thread_by_handle(uintptr_t handle);

// Called with the record of a thread that has ended, before another thread gets its slot; the calling thread may have no record.
// Set once, at start.
using VisitEnded = void (*)(ThreadRecord& ended);
extern constinit VisitEnded visit_ended;

// Visits every slot that has an owner, dead or alive.
using VisitThread = void (*)(void* context, ThreadRecord& thread);
void for_each_thread(VisitThread visit, void* context);

// Threads that were renamed read their name anew.
void forget_thread_names();
// The calling thread's name (from the kernel), as an index into names; 0 when unknown.
uint32_t thread_name(ThreadRecord& thread);

}  // namespace lockwrap::locks
