// What is known of one lock. A record is made when a lock is first waited for or named; a lock that nobody waits for has none.
// Events that threads wait for (a condition, a semaphore) have records, too.
//
// A lock points to its record through a word inside the lock (record number and generation) where libc leaves one unused, else
// it is found by its address. Records live as long as the process: the profile tells of destroyed locks too.
// All functions are thread-safe and signal-safe; a full table gives null and counts.
// Runs: inside contended calls, and when a lock is named.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/base/attributes.h"
#include "runtime/base/bounded_table.h"
#include "runtime/locks/waiting_integral.h"

namespace lockwrap::locks {

// Locks, which somebody holds; and from kCondition on events, which threads wait for without a holder: waiting for them is
// idling, not contention.
enum class LockKind : uint8_t { kUnknown, kMutex, kRwlock, kSpin, kCustom, kCondition, kSemaphore, kBarrier, kOnce, kJoin };
constexpr size_t kLockKinds = static_cast<size_t>(LockKind::kJoin) + 1;
const char* kind_name(LockKind kind);
constexpr bool is_event(LockKind kind) { return kind >= LockKind::kCondition; }

// A lock as a hook sees it. `identity` is its unused word, null when it has none.
struct LockRef {
  uintptr_t address;
  uint64_t __attribute__((may_alias)) * identity;
  uintptr_t created;  // the call that initialised it, 0: unknown
  LockKind kind;
};

// A lock's waiting calls are told apart in this many lanes; the last one collects all further ones.
constexpr uint32_t kLanes = 5;
constexpr uint32_t kSharedLane = kLanes - 1;

// One waiting call's part of the integral, and its word when the present hold began (written by the holder).
struct Lane {
  WaitingIntegral waiting;
  std::atomic<uint64_t> begin_word;
  std::atomic<uintptr_t> site;       // 0 in the shared lane
};

// Moves with every arrival and departure of a waiter: tells in one load whether anything has happened since a holder looked.
class Pulse {
 public:
  uint64_t arrive() { return word_.fetch_add(kEvent + 1, std::memory_order_seq_cst); }  // make_loud tells why; gives what was before
  void leave() { word_.fetch_add(kEvent - 1, std::memory_order_release); }  // whoever sees it sees the lane's word, too
  uint64_t load() const { return word_.load(std::memory_order_seq_cst); }
  static bool has_waiters(uint64_t word) { return word & (kEvent - 1); }
  static uint64_t events(uint64_t word) { return word >> WaitingIntegral::kWaiterBits; }

 private:
  static constexpr uint64_t kEvent = uint64_t{1} << WaitingIntegral::kWaiterBits;
  std::atomic<uint64_t> word_;
};

// Sums over a lock's places and pairs: scratch memory of the report in progress.
struct LockTotals {
  uint64_t contentions;
  uint64_t wait_ns;
  uint64_t max_wait_ns;
  uint64_t blamed_ns;         // of the wait, at most all of it
  uint64_t charged_ns;        // the sum over the holders; more than the wait where several readers held at once, or it is an estimate
  uint64_t read_contentions;  // of the contentions, those of readers
};

struct alignas(64) LockRecord : base::TableEntry {
  std::atomic<uintptr_t> address;    // 0: the address now belongs to another lock
  Pulse pulse;
  std::atomic<uint64_t> seen_pulse;  // when all lanes' begin_word were up to date; written by holders
  std::atomic<uint64_t> begin_ns;    // of the present hold, if somebody waited then; written by holders
  // When the first waiter came to a hold that began without one, as a word (contention/hold_time.h). And the holder and its processor time at
  // that moment, if somebody looked: look_word is the same then. Written by waiters.
  std::atomic<uint64_t> first_wait_word;
  std::atomic<uint64_t> look_word;
  std::atomic<uint64_t> look_cpu_ns;
  std::atomic<uint32_t> look_thread;  // kernel thread id
  std::atomic<uint64_t> arrival_look_due_ns;  // when a waiter may ask the kernel again,
  std::atomic<uint64_t> begin_look_due_ns;    // and when a holder may
  std::atomic<uint32_t> same_holds;  // that began one after the other with the same pulse; written by holders
  std::atomic<uint32_t> generation;  // of the lock at this address; part of the identity word
  std::atomic<uint32_t> name;        // index into names, 0: none
  LockKind kind;
  uint8_t identity_offset;           // of the identity word in the lock, 0: found by address
  std::atomic<bool> sampled;         // some of its holds stood for others: what holders are charged with is an estimate
  std::atomic<bool> unclaimed;       // made by naming; the lock itself does not point here yet
  uintptr_t shown_address;
  uintptr_t created;
  std::atomic<uintptr_t> first_use;  // the call that waited first
  std::atomic<uint32_t> first_place;  // of the contention profile
  std::atomic<uint32_t> first_pair;
  std::atomic<uint32_t> first_holder;
  std::atomic<uint32_t> first_edge;  // of the graph of lock orders
  uint32_t search_mark;              // of the newest search in that graph that came here
  std::atomic<bool> prefers_writers; // readers wait behind waiting writers
  std::atomic<uintptr_t> last_mutex;  // of a condition: the newest wait's
  std::atomic<uint32_t> wakings;      // of an event: how often somebody was woken
  Lane lanes[kLanes];
  LockTotals totals;
};

struct Name : base::TableEntry {
  static constexpr size_t kBytes = 64;
  char text[kBytes];
};

extern constinit base::BoundedTable<LockRecord> lock_records;
extern constinit base::BoundedTable<Name> names;

// The record of a lock, or null when it has none. No search for a lock with an identity word.
LockRecord* find_record(const LockRef& lock);
// The same by the lock's identity word, which is not 0.
LockRecord* record_of_identity(uint64_t identity, uintptr_t address);
// The newest record of any lock at this address, or null.
LockRecord* newest_record_at(uintptr_t address);

// Whether somebody may have waited for a lock that is known by its address only: one byte for all locks of the same hash, so
// that the holders of the others need not look for a record that is not there. Set for good by the first waiter.
constexpr size_t kWaitedForBytes = 1024;
extern constinit uint8_t waited_for[kWaitedForBytes];
LOCKWRAP_ALWAYS_INLINE uint8_t* waited_for_at(uintptr_t address) {
  constexpr unsigned kBits = __builtin_ctz(kWaitedForBytes);
  constexpr auto kGoldenRatio = static_cast<uintptr_t>(0x9e3779b97f4a7c15u);  // Fibonacci hashing (Knuth, TAOCP 6.4)
  return &waited_for[(address * kGoldenRatio) >> (sizeof(uintptr_t) * 8 - kBits)];
}

// A record for a lock without one that the calling thread holds, and that the present call is not about: the memory of
// the lock may be gone, and is not touched. link_held_record, in the call that releases it, makes the lock point to it.
LOCKWRAP_COLD LockRecord* make_held_record(const LockRef& lock, uintptr_t first_use);
LOCKWRAP_COLD void link_held_record(LockRecord& record, const LockRef& lock);

// The lower half of an identity word, which tells this lock from others and from those that stood here before: for the keys of lock
// orders. 0: no record.
uint32_t order_number(const LockRecord& record);

// The bit of an identity word that sends the lock's holders to the slow path: threads wait, or have waited since a holder looked.
// Without it a lock is taken and released as if it had no record.
constexpr uint64_t kLoud = uint64_t{1} << 63;

// A thread has arrived (its pulse is in the record already) and is about to wait for the lock.
void make_loud(const LockRecord& record, const LockRef& lock);
// The holder has nothing to look at since `pulse`: takes the bit away, unless somebody comes at this moment.
void make_quiet(const LockRecord& record, const LockRef& lock, uint64_t pulse);
// A loud word that leads to no record (of the process before a fork, or copied with its mutex) is nobody's: zeroed.
LOCKWRAP_COLD void forget_stray_identity(const LockRef& lock);

// As find_record; makes one, `first_use` being the call that waits. Null when the table is full.
LockRecord* find_or_make_record(const LockRef& lock, uintptr_t first_use);

// The lock at this address is initialised anew or destroyed: what is recorded by address is no longer its record.
void retire_record(const LockRef& lock);

// The mutex at this address is initialised anew: a name that it was given and that nobody has waited under yet is no longer
// its name. One load while there are no such names.
void forget_unclaimed_name(uintptr_t address);

// Names the lock at `address`. 0, EINVAL or ENOMEM.
LOCKWRAP_COLD int name_lock(uintptr_t address, const char* text);

// The lane of a waiting call, a new one while there are any. Pairs are told apart by it.
uint32_t lane_of(LockRecord& record, uintptr_t site);

// The index of a name, cut to 63 bytes; 0 when the table is full.
LOCKWRAP_COLD uint32_t intern_name(const char* text);
const char* name_text(uint32_t index);

}  // namespace lockwrap::locks
