// The hooks of lock orders: a thread that takes a lock while it holds others, in an order that is new for it, adds it to the graph, and
// tells what that makes possible. And the lives of threads, which tell what cannot happen at the same time.
#include <unistd.h>

#include "runtime/base/own_memory.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/deadlock/incident.h"
#include "runtime/deadlock/order_graph.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/report/order_text.h"
#include "runtime/stack/walk.h"

namespace lockwrap::hooks {

namespace {

using deadlock::HeldNode;
using locks::HeldDetail;
using locks::HeldEntry;
using locks::kHeldFlags;
using locks::kShared;
using locks::LockRecord;
using locks::LockRef;
using locks::ThreadRecord;

void tell_cycle(const deadlock::OrderCycle& cycle) {
  if (deadlock::is_new(cycle)) tell(FindingKind::kLockOrder, report::add_order, &cycle);
}

// The record of a lock, made if need be: orders never take more than half of the table from the locks that are waited for.
LockRecord* record_of(const LockRef& lock, uintptr_t site) {
  if (LockRecord* record = locks::find_record(lock)) return record;
  if (locks::lock_records.used() >= locks::lock_records.capacity() / 2) {
    locks::orders_full = true;
    return nullptr;
  }
  return locks::find_or_make_record(lock, site);
}

LockKind kind_of(const HeldEntry& entry) {
  if (!(entry.lock & locks::kNoMutex)) return LockKind::kMutex;
  if (locks::kHeldSpin && entry.lock & locks::kHeldSpin) return LockKind::kSpin;
  if (locks::kHeldCustom && entry.lock & locks::kHeldCustom) return LockKind::kCustom;
  return locks::kHeldSpin ? LockKind::kRwlock : LockKind::kUnknown;  // 32-bit targets cannot tell
}

struct HeldSearch {
  ThreadRecord& thread;
  uintptr_t taken;  // address of the lock that is taken
  HeldNode* nodes;
  size_t count;
  size_t left_out;
  bool is_again;
  bool is_read_again;
  uintptr_t again_site;
};

// Whether the mutex of an entry is still this thread's, and its memory may be read here.
bool is_own_mutex(const ThreadRecord& thread, uintptr_t address) {
  if (!locks::kMutexHasOwner) return true;
  uint32_t owner = 0;
  const auto copied = base::copy_own_memory(address + locks::kMutexOwnerOffset, &owner, sizeof owner);
  return copied == base::Copied::kYes && owner == thread.id.load(std::memory_order_relaxed);
}

void visit_held(void* context, const HeldEntry& entry, const HeldDetail& detail) {
  auto& search = *static_cast<HeldSearch*>(context);
  const uintptr_t address = entry.lock & ~kHeldFlags;
  if (!address) return;
  const LockKind kind = kind_of(entry);
  if (address == search.taken) {
    search.is_again = true;
    search.is_read_again = entry.lock & kShared;
    search.again_site = entry.site;
    return;
  }
  if (kind == LockKind::kMutex && !is_own_mutex(search.thread, address)) return;
  LockRecord* record = entry.lock & locks::kDetailed ? detail.record : nullptr;
  if (!record) record = kind == LockKind::kUnknown ? locks::newest_record_at(address) : record_of(ref_of(entry.lock, kind), entry.site);
  if (!record) return;
  if (search.count == deadlock::kMostHeldNodes) {  // the oldest one makes room
    for (size_t i = 1; i < search.count; ++i) search.nodes[i - 1] = search.nodes[i];
    --search.count;
    ++search.left_out;
  }
  search.nodes[search.count++] = {deadlock::node_of(*record), entry.site, (entry.lock & kShared) != 0};
}

void note_preference(const pthread_rwlock_t* lock, LockRecord& record) {
  if (locks::rwlock_prefers_writers(lock)) record.prefers_writers.store(true, std::memory_order_relaxed);
}

// A reader reads again where writers come first: one that comes in between stops it for good.
void tell_read_again(const HeldSearch& search, LockRecord& record, uintptr_t site, uint32_t stack) {
  deadlock::OrderCycle cycle{};
  cycle.count = 1;
  deadlock::OrderStep& step = cycle.steps[0];
  step.from = step.to = deadlock::node_of(record);
  step.evidence.thread = search.thread.serial;
  step.evidence.reads_from = step.evidence.reads_to = true;
  step.evidence.from_site = search.again_site;
  step.evidence.to_site = site;
  step.evidence.stack = stack;
  if (deadlock::own_life(search.thread)) tell_cycle(cycle);
}

void look_at_new_order(ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) {
  const LockRef ref = ref_of(lock, kind);
  LockRecord* record = record_of(ref, site);
  if (!record || taken == Taken::kTried) return;
  const bool reads = lock & kShared;
  if (kind == LockKind::kRwlock) note_preference(reinterpret_cast<const pthread_rwlock_t*>(ref.address), *record);
  const uint32_t number = number_of(lock, kind);
  const uint32_t key = locks::order_key(locks::order_of_all(thread), number);
  if (thread.known_orders[locks::place_of_key(key)] == key) return;
  HeldNode nodes[deadlock::kMostHeldNodes];
  HeldSearch search{thread, ref.address, nodes, 0, 0, false, false, 0};
  locks::for_each_own_held(thread, visit_held, &search);
  if (search.left_out) deadlock::order_counts().evidence.fetch_add(search.left_out, std::memory_order_relaxed);
  contention::make_room_for_frames(thread);
  stack::update_stack(site, thread.stack);
  const uint32_t stack = contention::intern_last_stack(thread);
  if (search.is_again) {
    if (reads && search.is_read_again && record->prefers_writers.load(std::memory_order_relaxed)) tell_read_again(search, *record, site, stack);
  } else if (search.count) {
    deadlock::add_orders(thread, nodes, search.count, {deadlock::node_of(*record), site, reads}, stack, tell_cycle);
  }
  // Of the locks as they are numbered now: some have just got a record.
  thread.known_orders[locks::place_of_key(key)] = key;
}

}  // namespace

void look_at_order(ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) {
  if (!locks::orders_watched || thread.busy || !locks::count_held(thread)) return;
  // A vfork child borrows the memory of its parent.
  if (contention::process_state().pid.load(std::memory_order_relaxed) != static_cast<uint32_t>(getpid())) return;
  thread.busy = true;
  look_at_new_order(thread, lock, kind, site, taken);
  thread.busy = false;
}

void look_at_put_off_orders() {
  if (locks::orders_watched) deadlock::search_later(tell_cycle);
}

Birth birth_of_child() {
  ready_thread();
  return deadlock::birth_of_child();
}

void begin_life(const Birth& birth) { deadlock::begin_life(birth); }

void barrier_reached(const volatile void* barrier) {
  const ThreadRecord* thread = locks::this_thread;
  if (!thread || !locks::orders_watched) return;
  deadlock::Life* life = deadlock::find_life(thread->serial);
  if (life) life->barrier.store(locks::number_of_address(reinterpret_cast<uintptr_t>(barrier)), std::memory_order_relaxed);
}

void barrier_passed(const volatile void* barrier) {
  ThreadRecord* thread = locks::this_thread;
  if (!thread || !locks::orders_watched) return;
  const uint32_t number = locks::number_of_address(reinterpret_cast<uintptr_t>(barrier));
  thread->barrier_phase = thread->barrier == number ? thread->barrier_phase + 1 : 1;
  thread->barrier = number;
}

Joining joining(uintptr_t handle) { return {locks::orders_watched ? deadlock::find_life_by_handle(handle) : nullptr, handle}; }

void joined(const Joining& joining) {
  if (!locks::orders_watched || !is_watching()) return;
  deadlock::Life* life = deadlock::find_life_by_handle(joining.handle);
  if (joining.life && !joining.life->joined_at.load(std::memory_order_relaxed)) life = joining.life;
  if (life) deadlock::note_join(*life);
}

}  // namespace lockwrap::hooks
