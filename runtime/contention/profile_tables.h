// The counters of the contention profile and its sampled stacks. Filled after releases, read when a report is written.
//
// Waiter side: a *place* is a lock and a call that waited for it. Holder side: a *pair* is a lock, a call that took it, and
// a waiting call that this delayed. Their counters are exact. Stacks are sampled, and hang on the place or pair that they
// belong to; a report scales their weights so that they add up to the counters.
// All tables are bounded; what found no room is in `dropped`. Everything is valid when zero and wiped in a forked child.
// Runs: after contended releases, and when a report is written.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/base/bounded_table.h"
#include "runtime/locks/lock_record.h"

namespace lockwrap::contention {

// Bucket b counts waits of 2^b to 2^(b+1) ns; the last one also longer ones (18 minutes and more).
constexpr uint32_t kHistogramBuckets = 41;

// Times by their length, and their sum. A bucket that is full stays so.
struct Times {
  std::atomic<uint64_t> sum_ns;
  std::atomic<uint64_t> max_ns;
  std::atomic<uint32_t> histogram[kHistogramBuckets];
};

// What waits and holds in progress will add; only the report in progress reads and writes it.
struct Pending {
  uint32_t pending_count;
  uint64_t pending_ns;
  uint64_t pending_max_ns;
};

// What samples hang on: the newest one, the others behind it.
struct SampleOwner : Pending {
  std::atomic<uint32_t> first_sample;
};

struct Place : base::TableEntry, SampleOwner {
  locks::LockRecord* record;
  uintptr_t site;  // return address of the waiting call
  uint32_t lane;   // of the record, for its waits
  bool is_reader;  // it waited to read
  std::atomic<uint32_t> next_of_record;
  std::atomic<uint64_t> contentions;
  Times waits;
};

// Of an event: a call that woke waiters, and how often.
struct Pair : base::TableEntry, SampleOwner {
  locks::LockRecord* record;
  uintptr_t holder_site;  // return address of the call that took the lock
  uintptr_t waiter_site;  // of the call that waited, 0: several others
  bool is_reader;         // the holder
  std::atomic<uint32_t> next_of_record;
  std::atomic<uint64_t> holds;
  std::atomic<uint64_t> blamed_ns;
};

// A lock and a call that took it while others waited or came to wait: how long it held (hold_time.h tells from when).
struct Holder : base::TableEntry, Pending {
  locks::LockRecord* record;
  uintptr_t site;
  bool is_reader;
  std::atomic<uint32_t> next_of_record;
  std::atomic<uint64_t> count;
  Times holds;
  // Of the holds within which somebody looked at what the holder did: their length, and how much of it the holder slept.
  std::atomic<uint64_t> looked_ns;
  std::atomic<uint64_t> blocked_ns;
};

struct Sample : base::TableEntry {
  const SampleOwner* owner;
  uint32_t stack;
  uint32_t thread_name;
  std::atomic<uint32_t> next_of_owner;
  std::atomic<uint64_t> weight_ns;  // estimated waited time of this stack
  std::atomic<uint64_t> count;      // estimated events of this stack, in 1/kCountScale
};
constexpr double kCountScale = 16;

// What was not recorded, and why. All zero means that the profile is complete.
struct Dropped {
  std::atomic<uint64_t> samples;  // a sampled stack, no room for the sample
  std::atomic<uint64_t> locks;    // a contended acquisition, no room for the lock
  std::atomic<uint64_t> stacks;   // a sampled stack, no room for the stack
  std::atomic<uint64_t> frames;   // a sampled stack that was deeper than is kept, and lost its outermost frames
  std::atomic<uint64_t> places;   // a contended acquisition, no room for its place
  std::atomic<uint64_t> pairs;    // a hold with waiters, no room for its pair
  std::atomic<uint64_t> holders;  // a hold with waiters, no room for how long it was
  std::atomic<uint64_t> held;     // a lock taken, no room in the held list
  std::atomic<uint64_t> threads;  // a slow call of a thread without a record
  std::atomic<uint64_t> names;    // a name, no room
  std::atomic<uint64_t> nested;   // a contended call in a signal handler that interrupted another one
};

// One per process, in the wiped memory: also says whose process this is.
struct ProcessState {
  std::atomic<uint32_t> pid;          // 0: a forked child that has not begun yet
  std::atomic<uint64_t> start_ns;     // monotonic; begin of the profile
  std::atomic<uint32_t> final_written;
  std::atomic<uint32_t> owners_known;  // libc writes the true thread ids of owners into mutexes
  Dropped dropped;
};

extern constinit base::BoundedTable<Place> places;
extern constinit base::BoundedTable<Pair> pairs;
extern constinit base::BoundedTable<Holder> holders;
extern constinit base::BoundedTable<Sample> samples;

// Never null after place_tables.
ProcessState& process_state();
Dropped& dropped();

// The addresses of a report's locations, each once: a set that the report in progress fills.
struct AddressSet {
  uint64_t* slots = nullptr;  // 0: free
  uint32_t mask = 0;
};
AddressSet report_addresses();

// Gives out the arena. Proportions are fixed; a small arena has small tables. False when it is too small.
LOCKWRAP_COLD bool place_tables(base::Arena& arena);

// The place of a lock and a waiting call; null when the table is full (counted).
Place* find_or_make_place(locks::LockRecord& record, uintptr_t site, bool is_reader);
inline bool is_place(const Place& place, const locks::LockRecord& record, uintptr_t site) {
  return place.record == &record && place.site == site;
}
inline bool is_pair(const Pair& pair, const locks::LockRecord& record, uintptr_t holder_site, uintptr_t waiter_site) {
  return pair.record == &record && pair.holder_site == holder_site && pair.waiter_site == waiter_site;
}
Pair* find_or_make_pair(locks::LockRecord& record, uintptr_t holder_site, uintptr_t waiter_site, bool is_reader);

template <class Visit>
void for_each_place_of(const locks::LockRecord& record, Visit visit) {
  base::for_each_linked(places, record.first_place, [](const Place& place) -> auto& { return place.next_of_record; }, visit);
}
template <class Visit>
void for_each_pair_of(const locks::LockRecord& record, Visit visit) {
  base::for_each_linked(pairs, record.first_pair, [](const Pair& pair) -> auto& { return pair.next_of_record; }, visit);
}
template <class Visit>
void for_each_holder_of(const locks::LockRecord& record, Visit visit) {
  base::for_each_linked(holders, record.first_holder, [](const Holder& holder) -> auto& { return holder.next_of_record; }, visit);
}
template <class Visit>
void for_each_sample_of(const SampleOwner& owner, Visit visit) {
  base::for_each_linked(samples, owner.first_sample, [](const Sample& sample) -> auto& { return sample.next_of_owner; },
                        visit);
}

void count_wait(Place& place, uint64_t wait_ns);
// So many of the same length.
void add_times(Times& times, uint64_t ns, uint32_t count);

// Sets all counters and samples to zero; locks, names and stacks stay.
LOCKWRAP_COLD void reset_profile(uint64_t now_ns);

}  // namespace lockwrap::contention
