#include "runtime/contention/unsettled.h"

#include "runtime/contention/blame.h"
#include "runtime/contention/hold_time.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

using locks::HeldDetail;
using locks::HeldEntry;
using locks::LockRecord;
using locks::ThreadRecord;

namespace {

void add(Pending& owner, uint64_t ns) {
  ++owner.pending_count;
  owner.pending_ns += ns;
  if (owner.pending_max_ns < ns) owner.pending_max_ns = ns;
}

void add_wait(const locks::PendingWait& wait) {
  if (Place* place = places.at(wait.place)) add(*place, wait.wait_ns);
}

void add_present_wait(const locks::PresentWait& wait, uint64_t now_ns) {
  const uint32_t index = wait.place.load(std::memory_order_acquire);
  const uint64_t since_ns = wait.since_ns.load(std::memory_order_relaxed);
  Place* place = places.at(index);
  if (place && wait.place.load(std::memory_order_acquire) == index && since_ns < now_ns) add(*place, now_ns - since_ns);
}

void add_blame(LockRecord& record, uintptr_t holder_site, bool is_reader, const uint64_t (&blamed_ns)[locks::kLanes], uint64_t hold_ns) {
  for (uint32_t lane = 0; lane < locks::kLanes; ++lane) {
    if (!blamed_ns[lane]) continue;
    const uintptr_t waiter_site = record.lanes[lane].site.load(std::memory_order_relaxed);
    if (Pair* pair = find_or_make_pair(record, holder_site, waiter_site, is_reader)) add(*pair, blamed_ns[lane]);
  }
  if (!hold_ns) return;
  if (Holder* holder = find_or_make_holder(record, holder_site, is_reader)) add(*holder, hold_ns);
}

#if !defined(__GLIBC__)
struct Search {
  uintptr_t address;
  bool is_here;
  uint32_t threads;
};

void look_for_entry(void* context, const HeldEntry& entry, const HeldDetail&) {
  auto& search = *static_cast<Search*>(context);
  if (!(entry.lock & locks::kNoMutex) && (entry.lock & ~locks::kHeldFlags) == search.address) search.is_here = true;
}

void look_at_thread(void* context, ThreadRecord& thread) {
  auto& search = *static_cast<Search*>(context);
  search.is_here = false;
  locks::for_each_held(thread, look_for_entry, context);
  if (search.is_here) ++search.threads;
}
#endif

// Whether libc says that this thread owns the mutex. Only for a lock that somebody waits for: its memory is alive. Where libc does not
// know it, the mutex is the thread's that alone has an entry of it.
bool is_owner(const LockRecord& record, const ThreadRecord& thread) {
#if defined(__GLIBC__)
  if (record.kind != locks::LockKind::kMutex) return false;
  const auto* mutex = reinterpret_cast<const pthread_mutex_t*>(record.shown_address);
  return static_cast<uint32_t>(__atomic_load_n(&mutex->__data.__owner, __ATOMIC_RELAXED)) ==
         thread.id.load(std::memory_order_relaxed);
#else
  (void)thread;
  Search search{record.shown_address, false, 0};
  locks::for_each_thread(look_at_thread, &search);
  return search.threads == 1;
#endif
}

struct Visit {
  ThreadRecord* thread;
  uint64_t now_ns;
  const LockRecord* last_blamed;  // a recursive mutex has several entries in a row; the outermost comes first
};

void visit_held(void* context, const HeldEntry& entry, const HeldDetail& detail) {
  auto& visit = *static_cast<Visit*>(context);
  const bool detailed = entry.lock & locks::kDetailed;
  const uintptr_t address = entry.lock & ~locks::kHeldFlags;
  if (!address) return;
  if (detailed) add_wait(detail.wait);
  LockRecord* record = detailed && detail.record
                           ? locks::lock_records.at(locks::lock_records.index_of(detail.record))
                           : locks::newest_record_at(address);
  if (!record || record == visit.last_blamed) return;
  const locks::ReadHold* own = entry.lock & locks::kShared ? locks::find_read_hold(*visit.thread, address) : nullptr;
  HoldLanes lanes = read_lanes(*record, own, detailed ? detail.wait.wait_ns : 0);
  if (!lanes.now_ns) return;       // nobody waits now
  lanes.now_ns = visit.now_ns;     // as for the waits: one moment for the whole report
  if (!(entry.lock & (locks::kDetailed | locks::kNoMutex)) && !is_owner(*record, *visit.thread)) return;
  visit.last_blamed = record;
  const bool is_reader = entry.lock & locks::kShared;
  uint64_t blamed_ns[locks::kLanes];
  if (!split_blame(lanes, blamed_ns)) return;
  const HoldSpan span = span_of(lanes, is_exclusive(entry.lock, record->kind), detailed ? detail.wait : locks::PendingWait{});
  add_blame(*record, entry.site, is_reader, blamed_ns, span.seen_ns && span.seen_ns < lanes.now_ns ? lanes.now_ns - span.seen_ns : 0);
}

void visit_thread(void* context, ThreadRecord& thread) {
  const uint64_t now_ns = *static_cast<const uint64_t*>(context);
  add_present_wait(thread.wait, now_ns);
  add_present_wait(thread.event, now_ns);
  add_present_wait(thread.custom, now_ns);
  if (thread.deferred) {
    add_wait(thread.settlement.wait);
    const locks::Settlement& settlement = thread.settlement;
    if (settlement.record && settlement.is_blamed) {
      add_blame(*settlement.record, settlement.holder_site, settlement.is_reader, settlement.blamed_ns, settlement.time.ns);
    }
  }
  Visit visit{&thread, now_ns, nullptr};
  locks::for_each_held(thread, visit_held, &visit);
}

}  // namespace

void collect_unsettled(uint64_t now_ns) {
  const auto clear = [](Pending& owner) { owner.pending_count = 0, owner.pending_ns = owner.pending_max_ns = 0; };
  places.for_each(clear);
  pairs.for_each(clear);
  holders.for_each(clear);
  locks::for_each_thread(visit_thread, &now_ns);
}

}  // namespace lockwrap::contention
