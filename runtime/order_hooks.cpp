// The hooks of lock orders: a thread that takes a lock while it holds others, in an order that is new for it, adds it to the graph, and
// tells what that makes possible. And the lives of threads, which tell what cannot happen at the same time.
#include <unistd.h>

#include "runtime/base/own_memory.h"
#include "runtime/base/program.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/deadlock/incident.h"
#include "runtime/deadlock/known_orders.h"
#include "runtime/deadlock/order_graph.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/locks/hold_origin.h"
#include "runtime/report/order_text.h"
#include "runtime/stack/stack_table.h"
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

// Orders never take more than half of the records from the locks that are waited for.
bool has_room() {
  if (locks::lock_records.used() < locks::lock_records.capacity() / 2) return true;
  locks::orders_full = true;
  return false;
}

// Whether a lock is told from others that stood at its address, and its readers from its writers, which 32-bit targets cannot. One without a word for that, which C++ may destroy without a call, is so only
// where nothing else can stand: among the static objects of the program.
bool is_certain(const LockRef& lock) {
  if (!kShared && (lock.kind == LockKind::kRwlock || lock.kind == LockKind::kUnknown)) return false;
  if (lock.identity || locks::inline_entries_allowed || (lock.kind != LockKind::kMutex && lock.kind != LockKind::kRwlock)) return true;
  return lock.address >= base::program.image_start && lock.address < base::program.image_end;
}

// Of the lock that the present call is about.
LOCKWRAP_COLD LockRecord* record_of(const LockRef& lock, uintptr_t site) {
  LockRecord* record = locks::find_record(lock);
  return record || !has_room() ? record : locks::find_or_make_record(lock, site);
}

// A lock that is held, as the kernel has copied it: it may have been released by another thread, and its memory be gone.
struct LockCopy {
  union {
    pthread_mutex_t mutex;
    pthread_rwlock_t rwlock;
  };
  base::Copied copy(uintptr_t address, LockKind kind) {
    return base::copy_own_memory(address, this, kind == LockKind::kMutex ? sizeof mutex : sizeof rwlock);
  }
  // With the identity word of the copy.
  LockRef ref(uintptr_t address, LockKind kind) {
    if (locks::inline_entries_allowed && kind == LockKind::kMutex && locks::kMutexHasWords && locks::mutex_is_usual(&mutex)) {
      return {address, locks::mutex_identity(&mutex), static_cast<uintptr_t>(*locks::mutex_creation(&mutex)), kind};
    }
    if (locks::inline_entries_allowed && kind == LockKind::kRwlock && locks::kRwlockHasWords && locks::rwlock_is_usual(&rwlock)) {
      return {address, locks::rwlock_identity(&rwlock), static_cast<uintptr_t>(*locks::rwlock_creation(&rwlock)), kind};
    }
    return {address, nullptr, 0, kind};
  }
};

struct HeldSearch {
  ThreadRecord& thread;
  uintptr_t taken;  // address of the lock that is taken
  HeldNode* nodes;
  size_t count;
  bool is_cut;  // something is held that is not known for certain, or has no record: locks::orders_full tells of that
  bool is_again;
  bool is_read_again;
  uintptr_t again_site;
};

LockRecord* record_of_held(HeldEntry& entry, HeldDetail& detail, const LockRef& lock) {
  if (entry.lock & locks::kDetailed && detail.record) return detail.record;
  LockRecord* record = locks::find_record(lock);
  if (record || !has_room()) return record;
  if (!lock.identity) return locks::find_or_make_record(lock, entry.site);
  record = locks::make_held_record(lock, entry.site);
  if (!record) return nullptr;
  // Linked by its release, which now takes the slow path.
  const uint32_t order = detail.order;
  if (!(entry.lock & locks::kDetailed)) detail = {};
  detail.order = order;
  detail.record = record;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  entry.lock |= locks::kDetailed;
  return record;
}

LOCKWRAP_COLD void visit_held(void* context, const HeldEntry& const_entry, const HeldDetail& const_detail) {
  auto& search = *static_cast<HeldSearch*>(context);
  auto& entry = const_cast<HeldEntry&>(const_entry);  // of the thread itself
  auto& detail = const_cast<HeldDetail&>(const_detail);
  const uintptr_t address = entry.lock & ~kHeldFlags;
  if (!address || search.is_cut) return;
  const LockKind kind = locks::kind_of(entry, detail);
  if (address == search.taken) {
    search.is_again = true;
    search.is_read_again = entry.lock & kShared;
    search.again_site = entry.site;
    return;
  }
  LockRef ref{address, nullptr, 0, kind};
  LockCopy copy;
  if (kind == LockKind::kMutex || kind == LockKind::kRwlock) {
    const base::Copied copied = copy.copy(address, kind);
    search.is_cut = copied == base::Copied::kRefused;
    if (copied != base::Copied::kYes) return;
    if (kind == LockKind::kMutex && locks::kMutexHasOwner &&
        locks::mutex_owner(&copy.mutex) != search.thread.id.load(std::memory_order_relaxed)) {
      return;
    }
    ref = copy.ref(address, kind);
  }
  LockRecord* record = is_certain(ref) ? record_of_held(entry, detail, ref) : nullptr;
  if (!record) {
    search.is_cut = true;
    return;
  }
  // It may have had none when it was taken, and is asked for by this number from now on.
  if (ref.identity) {
    const uint32_t number = locks::order_number(*record);
    locks::number_held(search.thread, {&entry, &detail}, entry.lock & kShared ? locks::number_of_reader(number) : number);
  }
  locks::HoldOrigin origin;
  const bool is_known = locks::find_origin(search.thread, address, entry.site, origin);
  search.nodes[search.count++] = {deadlock::node_of(*record), entry.site, (entry.lock & kShared) != 0,
                                  is_known ? stack::intern_stack(origin.frames, origin.frame_count) : 0};
}

void note_preference(const pthread_rwlock_t* lock, LockRecord& record) {
  if (locks::rwlock_prefers_writers(lock)) record.prefers_writers.store(true, std::memory_order_relaxed);
}

struct NewOrder {
  ThreadRecord& thread;
  LockRecord& record;
  uintptr_t address;
  uintptr_t site;
  bool reads;
};

uint32_t take_stack(const NewOrder& order) {
  contention::make_room_for_frames(order.thread);
  stack::update_stack(order.site, order.thread.stack);
  return contention::intern_last_stack(order.thread);
}

// A reader reads again where writers come first: one that comes in between stops it for good.
LOCKWRAP_COLD void tell_read_again(const HeldSearch& search, const NewOrder& order) {
  deadlock::OrderCycle cycle{};
  cycle.count = 1;
  deadlock::OrderStep& step = cycle.steps[0];
  step.from = step.to = deadlock::node_of(order.record);
  step.evidence.thread = order.thread.serial;
  step.evidence.reads_from = step.evidence.reads_to = true;
  step.evidence.from_site = search.again_site;
  step.evidence.to_site = order.site;
  step.evidence.stack = take_stack(order);
  if (deadlock::own_life(order.thread)) tell_cycle(cycle);
}

// With room for so many held locks, on the stack.
template <size_t kMost>
LOCKWRAP_COLD void look_with_room(const NewOrder& order) {
  HeldNode nodes[kMost];
  HeldSearch search{order.thread, order.address, nodes, 0, false, false, false, 0};
  locks::for_each_own_held(order.thread, visit_held, &search);
  if (search.is_cut) return;
  if (search.is_again) {
    const bool is_stopped_by_writers = order.record.prefers_writers.load(std::memory_order_relaxed);
    if (order.reads && search.is_read_again && is_stopped_by_writers) tell_read_again(search, order);
    return;
  }
  if (!search.count) return;
  const uint32_t stack = take_stack(order);
  deadlock::add_orders(order.thread, nodes, search.count, {deadlock::node_of(order.record), order.site, order.reads, stack}, stack, tell_cycle);
}

// In the thread's own table; or in that of all threads, and then in its own from now on.
bool is_known(ThreadRecord& thread, uintptr_t lock, LockKind kind) {
  const uint32_t number = number_of(lock, kind);
  const uint32_t key = locks::order_key(locks::order_of_all(thread), number);
  uint32_t& place = thread.known_orders[locks::place_of_key(key)];
  if (!number || (place != key && !deadlock::is_known_order(thread.serial, deadlock::threads_created(), key))) return false;
  place = key;
  return true;
}

LOCKWRAP_COLD void look_at_new_order(ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) {
  const LockRef ref = ref_of(lock, kind);
  LockRecord* record = is_certain(ref) ? record_of(ref, site) : nullptr;
  if (!record || taken == Taken::kTried) return;
  if (kind == LockKind::kRwlock) note_preference(reinterpret_cast<const pthread_rwlock_t*>(ref.address), *record);
  const NewOrder order{thread, *record, ref.address, site, (lock & kShared) != 0};
  const size_t count = locks::count_held(thread);
  constexpr size_t kFew = 12;
  if (count <= kFew) look_with_room<kFew>(order);
  else if (count <= deadlock::kMostHeldNodes) look_with_room<deadlock::kMostHeldNodes>(order);
  else deadlock::order_counts().evidence.fetch_add(1, std::memory_order_relaxed);
  const uint32_t key = locks::order_key(locks::order_of_all(thread), number_of(lock, kind));  // some may just have got their numbers
  thread.known_orders[locks::place_of_key(key)] = key;
  deadlock::add_known_order(thread.serial, deadlock::threads_created(), key);
}

}  // namespace

void look_at_order(ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) {
  if (!locks::orders_watched || thread.busy || !locks::count_held(thread)) return;
  if (taken == Taken::kLocked && is_known(thread, lock, kind)) return;
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
  // What this thread did before is no evidence against what the new one does; so it is looked at again.
  if (ThreadRecord* thread = ready_thread()) {
    for (uint32_t& key : thread->known_orders) key = 0;
  }
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
  if (joining.life && joining.life != life && !joining.life->joined_at.load(std::memory_order_relaxed)) deadlock::note_join(*joining.life);
  if (life) deadlock::note_join(*life);
}

}  // namespace lockwrap::hooks
