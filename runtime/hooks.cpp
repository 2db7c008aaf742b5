#include "runtime/hooks.h"

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/contention/hold_time.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/contention/timeline.h"
#include "runtime/lifecycle.h"
#include "runtime/locks/hold_origin.h"
#include "runtime/stack/walk.h"

namespace lockwrap::hooks {

using contention::Place;
using locks::HeldRef;
using locks::kDetailed;
using locks::kShared;
using locks::LockRecord;
using locks::LockRef;
using locks::Settlement;
using locks::ThreadRecord;
using locks::WaitStack;

constinit bool switched_off;
constinit bool looks_at_calls;

namespace {

uintptr_t address_of(uintptr_t lock) { return lock & ~locks::kHeldFlags; }

}  // namespace

LockRef ref_of(uintptr_t lock, LockKind kind) {
  const uintptr_t address = address_of(lock);
  if (locks::inline_entries_allowed) {
    const auto* mutex = reinterpret_cast<const pthread_mutex_t*>(address);
    if (kind == LockKind::kMutex && locks::kMutexHasWords && locks::mutex_is_usual(mutex)) {
      return {address, locks::mutex_identity(mutex), static_cast<uintptr_t>(*locks::mutex_creation(mutex)), kind};
    }
    const auto* rwlock = reinterpret_cast<const pthread_rwlock_t*>(address);
    if (kind == LockKind::kRwlock && locks::kRwlockHasWords && locks::rwlock_is_usual(rwlock)) {
      return {address, locks::rwlock_identity(rwlock), static_cast<uintptr_t>(*locks::rwlock_creation(rwlock)), kind};
    }
  }
  return {address, nullptr, 0, kind};
}

namespace {

uint32_t number_of(uintptr_t lock, const LockRef& ref) {
  const uint32_t number = ref.identity ? static_cast<uint32_t>(__atomic_load_n(ref.identity, __ATOMIC_RELAXED))
                                       : locks::number_of_address(ref.address);
  return lock & kShared ? locks::number_of_reader(number) : number;
}

}  // namespace

locks::WaitSeen wait_of(ThreadRecord& thread, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form, uint64_t since_ns) {
  return {0, kind, form == WaitForm::kTimed, form == WaitForm::kLooking, lock, site,
          reinterpret_cast<uintptr_t>(__builtin_frame_address(0)), static_cast<uint32_t>(locks::count_held(thread)), since_ns};
}

uint32_t number_of(uintptr_t lock, LockKind kind) { return number_of(lock, ref_of(lock, kind)); }

namespace {

void drop(std::atomic<uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

// For findings, which tell where and when the lock was taken.
void keep_origin(ThreadRecord& thread, uintptr_t lock, uintptr_t site) {
  if (LOCKWRAP_LIKELY(!locks::origins_kept)) return;
  if (!locks::note_origin(thread, address_of(lock), site)) drop(contention::dropped().stacks);
}

// A hold of a lock with a record begins. A level of a recursive mutex belongs to the hold of the first one.
void begin_hold(ThreadRecord& thread, const HeldRef& held, const LockRef& lock, LockRecord& record, uint64_t now_ns) {
  held.detail->record = &record;
  if (locks::held_again(thread, held)) return;
  if (!(held.entry->lock & kShared)) {
    held.detail->wait.wait_ns = contention::begin_hold(record, lock, now_ns);
    if (now_ns) contention::note_begin(thread, record, now_ns);
    return;
  }
  if (locks::ReadHold* stale = locks::find_read_hold(thread, lock.address)) stale->lock = 0;  // of a hold that ended without a release
  locks::ReadHold* own = locks::find_read_hold(thread, 0);
  held.detail->wait.is_begin_unknown = !contention::begin_read_hold(record, lock, now_ns, own);
  if (own && own->lock) contention::note_begin(thread, record, own->begin_ns);
}

// Adds the lock to the held list, as `lock` says with details or without; an empty reference when there is no room.
HeldRef push_entry(ThreadRecord& thread, uintptr_t lock, const LockRef& ref, uintptr_t site) {
  locks::HeldEntry* first = locks::held_next;
  if (LOCKWRAP_LIKELY(locks::is_first(first) && !thread.overflow)) {
    return locks::push_first(lock, site, {nullptr, {}, number_of(lock, ref)});
  }
  const HeldRef held = locks::push_held(thread, lock, site);
  if (LOCKWRAP_UNLIKELY(!held.entry)) {
    drop(contention::dropped().held);
    return held;
  }
  locks::set_order(thread, held, number_of(lock, ref));
  keep_origin(thread, lock, site);
  return held;
}

Place* place_of(ThreadRecord& thread, LockRecord& record, uintptr_t site, bool is_reader) {
  Place* place = contention::places.at(thread.last_place);
  if (place && contention::is_place(*place, record, site)) return place;
  place = contention::find_or_make_place(record, site, is_reader);
  if (place) thread.last_place = contention::places.index_of(place);
  return place;
}

// Where the wait is counted, if there is room.
void find_place(WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site) {
  LockRecord* record = locks::find_or_make_record(ref_of(lock, kind), site);
  if (!record) drop(contention::dropped().locks);
  Place* place = record ? place_of(*ticket.thread, *record, site, lock & kShared) : nullptr;
  if (!place) return;
  ticket.record = record;
  ticket.place = contention::places.index_of(place);
}

// The wait is one of the lock's from now on.
void arrive(WaitTicket& ticket, uintptr_t lock, LockKind kind) {
  ThreadRecord& thread = *ticket.thread;
  LockRecord* record = ticket.record;
  const LockRef ref = ref_of(lock, kind);
  ticket.has_arrived = true;
  record->lanes[contention::places.at(ticket.place)->lane].waiting.arrive(ticket.start_ns);
  const uint64_t pulse = record->pulse.arrive();
  if (ref.identity) locks::make_loud(*record, ref);
  else __atomic_store_n(locks::waited_for_at(ref.address), 1, __ATOMIC_RELAXED);
  thread.wait.since_ns.store(ticket.start_ns, std::memory_order_relaxed);
  thread.wait.place.store(ticket.place, std::memory_order_release);
  contention::note_arrival(*record, ref, pulse);
}

void leave(const WaitTicket& ticket, uint64_t end_ns) {
  ticket.record->lanes[contention::places.at(ticket.place)->lane].waiting.leave(end_ns);
  ticket.record->pulse.leave();
  ticket.thread->wait.place.store(0, std::memory_order_relaxed);
}

// Of a wait that is over before the lock knew of it; rarely more than a subtraction.
void take_late_stack(ThreadRecord& thread, locks::PendingWait& wait, uintptr_t site) {
  wait.stack_kept = WaitStack::kNone;
  if (!contention::is_sampled(thread, wait.wait_ns)) return;
  contention::make_room_for_frames(thread);
  stack::update_stack(site, thread.stack);
  wait.stack = contention::intern_last_stack(thread);
  if (wait.stack) wait.stack_kept = WaitStack::kInterned;
}

contention::WaitOutcome outcome_of(WaitEnd end) {
  using contention::WaitOutcome;
  return end == WaitEnd::kHeld ? WaitOutcome::kAcquired : end == WaitEnd::kGivenUp ? WaitOutcome::kGivenUp : WaitOutcome::kNoWait;
}

contention::HoldSpan span_of(const Release& release) {
  return contention::span_of(release.lanes, contention::is_exclusive(release.entry.lock, release.detail.record->kind), release.detail.wait);
}

Settlement settlement_of(const Release& release) {
  Settlement settlement;
  settlement.record = release.detail.record;
  settlement.holder_site = release.entry.site;
  settlement.is_reader = release.entry.lock & kShared;
  settlement.wait = release.detail.wait;
  settlement.is_blamed = release.blamed && contention::split_blame(release.lanes, settlement.blamed_ns);
  if (!settlement.is_blamed) return settlement;
  settlement.holds = release.lanes.holds;
  settlement.weight = release.lanes.weight;
  settlement.time = contention::time_of(*release.thread, *settlement.record, release.lanes, span_of(release));
  return settlement;
}

// For a timeline.
LOCKWRAP_COLD contention::HoldTimes times_of(const Release& release) {
  if (!release.blamed) return {};
  return {span_of(release).begin_ns, release.lanes.now_ns};
}

LOCKWRAP_NEVER_INLINE void settle_deferred(ThreadRecord& thread, uintptr_t site) {
  contention::settle(thread, thread.settlement, site);
  if (LOCKWRAP_UNLIKELY(contention::timeline_kept)) contention::note_deferred_hold(thread);
}

}  // namespace

void acquired(uintptr_t lock, LockKind kind, uintptr_t site, Taken taken) {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->pause_depth) return;
  look_at_order(*thread, lock, kind, site, taken);
  const LockRef ref = ref_of(lock, kind);
  LockRecord* record = locks::find_record(ref);
  if (!record && ref.identity) {
    locks::forget_stray_identity(ref);
    push_entry(*thread, lock, ref, site);
    return;
  }
  const HeldRef held = push_entry(*thread, lock | kDetailed, ref, site);
  if (!held.entry || !record) return;
  begin_hold(*thread, held, ref, *record, 0);
}

bool is_taken(const pthread_mutex_t* mutex) {
  const ThreadRecord* thread = ready_thread();
  return thread && locks::mutex_is_taken(mutex, thread->id.load(std::memory_order_relaxed));
}

void prepare_wait(WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) {
  ticket = {};
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->pause_depth) return;
  if (thread->busy) return drop(contention::dropped().nested);
  ticket.thread = thread;
  ticket.start_ns = base::monotonic_ns();
  if (form != WaitForm::kTimed) look_at_order(*thread, lock, kind, site, Taken::kLocked);
  thread->busy = true;  // until wait_ended: signal handlers that run while this thread is blocked are passed through
  if (base::options.profile) find_place(ticket, lock, kind, site);
}

void begin_wait(WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) {
  ThreadRecord* thread = ticket.thread;
  if (ticket.record) arrive(ticket, lock, kind);
  contention::make_room_for_frames(*thread);
  stack::update_stack(site, thread->stack);
  thread->stack_kept = ticket.record;
  if (LOCKWRAP_UNLIKELY(contention::timeline_kept) && ticket.record) {
    ticket.event = contention::note_wait(*thread, *ticket.record, lock, site, ticket.start_ns);
  }
  ticket.is_published = thread->published.begin(wait_of(*thread, lock, kind, site, form, ticket.start_ns));
}

WaitTicket waiting(uintptr_t lock, LockKind kind, uintptr_t site, WaitForm form) {
  WaitTicket ticket;
  prepare_wait(ticket, lock, kind, site, form);
  if (ticket.thread) begin_wait(ticket, lock, kind, site, form);
  return ticket;
}

void wait_ended(const WaitTicket& ticket, uintptr_t lock, LockKind kind, uintptr_t site, WaitEnd end) {
  ThreadRecord* thread = ticket.thread;
  if (!thread) {
    if (end == WaitEnd::kHeld) acquired(lock, kind, site, Taken::kTried);
    return;
  }
  if (ticket.is_published) thread->published.end();
  if (!ticket.record) {
    if (end == WaitEnd::kHeld) acquired(lock, kind, site, Taken::kTried);  // the order was looked at before the wait
    thread->busy = false;
    return;
  }
  // Inside the critical section: a clock, two additions and the thread's own memory; at times a look at the holder (hold_time.h).
  const uint64_t end_ns = base::monotonic_ns();
  if (LOCKWRAP_UNLIKELY(ticket.event)) contention::note_wait_end(*thread, ticket.event, end_ns, outcome_of(end));
  locks::PendingWait wait{end_ns - ticket.start_ns, ticket.place, 0, WaitStack::kInThread, false};
  if (ticket.has_arrived) leave(ticket, end_ns);
  else take_late_stack(*thread, wait, site);
  const LockRef ref = ref_of(lock, kind);
  HeldRef held{nullptr, nullptr};
  if (end == WaitEnd::kHeld) held = push_entry(*thread, lock | kDetailed, ref, site);
  if (held.entry) {
    begin_hold(*thread, held, ref, *ticket.record, end_ns);
    wait.is_begin_unknown = held.detail->wait.is_begin_unknown;
    held.detail->wait = wait;
  } else if (end == WaitEnd::kRefused) {
    thread->stack_kept = false;
  } else {
    contention::settle(*thread, {ticket.record, site, false, false, 0, 0, {}, {}, wait}, site);
  }
  thread->busy = false;
}

Release releasing(uintptr_t lock, LockKind kind) {
  Release release;
  release.thread = nullptr;
  release.blamed = false;
  ThreadRecord* thread = ready_thread();
  if (!thread) return release;
  locks::HeldEntry* last = locks::held_next - 1;
  const bool is_only = locks::is_first(last) && !thread->overflow && address_of(last->lock) == address_of(lock);
  const HeldRef held = LOCKWRAP_LIKELY(is_only) ? HeldRef{last, locks::detail_of_first(last)} : locks::find_held(*thread, address_of(lock));
  if (!held.entry) return release;
  release.thread = thread;
  release.entry = *held.entry;
  release.detail = *held.detail;
  if (!(release.entry.lock & kDetailed)) release.detail = {};  // an inline entry leaves its details untouched
  if (!release.detail.record) release.detail.record = locks::find_record(ref_of(lock, kind));
  else if (release.detail.record->unclaimed.load(std::memory_order_relaxed)) locks::link_held_record(*release.detail.record, ref_of(lock, kind));
  if (LockRecord* record = release.detail.record) {
    if (is_only || !locks::held_again(*thread, held)) {  // the outermost level is charged, once
      locks::ReadHold* own = release.entry.lock & kShared ? locks::find_read_hold(*thread, address_of(lock)) : nullptr;
      release.lanes = contention::read_lanes(*record, own, release.detail.wait.wait_ns);
      release.blamed = release.lanes.moved;
      if (release.blamed && !release.lanes.now_ns) release.lanes.now_ns = base::monotonic_ns();  // nobody waits any more
      if (own) own->lock = 0;
    }
  }
  if (LOCKWRAP_LIKELY(is_only)) locks::wipe_inline();
  else locks::remove_held(*thread, held);
  if (LOCKWRAP_UNLIKELY(locks::origins_kept)) locks::forget_origin(*thread, address_of(lock));
  return release;
}

void released(const Release& release, uintptr_t site, bool is_released) {
  ThreadRecord* thread = release.thread;
  if (!thread) return;
  if (!is_released) {
    const HeldRef held = locks::push_held(*thread, release.entry.lock, release.entry.site);
    if (held.entry) {
      *held.detail = release.detail;
      locks::set_order(*thread, held, 0);
    }
    return;
  }
  if (LOCKWRAP_LIKELY(!release.blamed && !release.detail.wait.place && !thread->deferred)) return;
  if (thread->busy) {
    drop(contention::dropped().nested);
    return;
  }
  thread->busy = true;
  if (thread->deferred) {
    settle_deferred(*thread, site);
    thread->deferred = false;
  }
  if (LOCKWRAP_LIKELY(!release.blamed && !contention::timeline_kept)) {
    if (release.detail.wait.place) contention::settle_wait(*thread, release.detail.wait);
  } else {
    const Settlement settlement = settlement_of(release);
    if (LOCKWRAP_UNLIKELY(contention::timeline_kept)) contention::note_hold(*thread, settlement, times_of(release));
    contention::settle(*thread, settlement, site);
  }
  thread->busy = false;
}

Release releasing_to_wait(const pthread_mutex_t* mutex, uintptr_t site) {
  const Release release = releasing(held_mutex(mutex), LockKind::kMutex);
  ThreadRecord* thread = release.thread;
  if (!thread) return release;
  thread->given_up = {held_mutex(mutex), site};
  if (!release.blamed && !release.detail.wait.place) return release;
  if (thread->busy) {
    drop(contention::dropped().nested);
    return release;
  }
  thread->busy = true;
  if (thread->deferred) settle_deferred(*thread, thread->settlement.holder_site);
  thread->settlement = settlement_of(release);
  if (LOCKWRAP_UNLIKELY(contention::timeline_kept)) contention::keep_hold_times(*thread, times_of(release));
  thread->deferred = true;
  thread->busy = false;
  return release;
}

}  // namespace lockwrap::hooks
