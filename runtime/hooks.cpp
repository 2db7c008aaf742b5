#include "runtime/hooks.h"

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/lifecycle.h"
#include "runtime/stack/walk.h"

namespace lockwrap::hooks {

using contention::Place;
using locks::HeldRef;
using locks::kDetailed;
using locks::LockRecord;
using locks::LockRef;
using locks::Settlement;
using locks::ThreadRecord;
using locks::WaitStack;

constinit bool switched_off;

namespace {

LockRef mutex_ref(const pthread_mutex_t* mutex) {
  const auto address = reinterpret_cast<uintptr_t>(mutex);
  if (!locks::inline_entries_allowed || !locks::mutex_is_usual(mutex)) {
    return {address, nullptr, 0, locks::LockKind::kMutex};
  }
  return {address, locks::mutex_identity(mutex), *locks::mutex_creation(mutex), locks::LockKind::kMutex};
}

void drop(std::atomic<uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

// A hold of a lock with a record begins. A level of a recursive mutex belongs to the hold of the first one.
void begin_hold(ThreadRecord& thread, const HeldRef& held, const LockRef& lock, LockRecord& record, uint64_t now_ns) {
  held.detail->record = &record;
  if (!locks::held_again(thread, held)) contention::begin_hold(record, lock, now_ns);
}

// Adds the lock to the held list, with details; an empty reference when there is no room.
HeldRef push_detailed(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  const HeldRef held = locks::push_held(thread, reinterpret_cast<uintptr_t>(mutex) | kDetailed, site);
  if (LOCKWRAP_UNLIKELY(!held.entry)) drop(contention::dropped().held);
  return held;
}

Place* place_of(ThreadRecord& thread, LockRecord& record, uintptr_t site) {
  Place* place = contention::places.at(thread.last_place);
  if (place && contention::is_place(*place, record, site)) return place;
  place = contention::find_or_make_place(record, site);
  if (place) thread.last_place = contention::places.index_of(place);
  return place;
}

Settlement settlement_of(const Release& release) {
  Settlement settlement;
  settlement.record = release.detail.record;
  settlement.holder_site = release.entry.site;
  settlement.wait = release.detail.wait;
  settlement.share_count =
      release.blamed ? contention::split_blame(*release.detail.record, release.lanes, settlement.shares) : 0;
  return settlement;
}

}  // namespace

void acquired(const pthread_mutex_t* mutex, uintptr_t site) {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->pause_depth) return;
  const LockRef lock = mutex_ref(mutex);
  LockRecord* record = locks::find_record(lock);
  if (!record && lock.identity) {
    locks::forget_stray_identity(lock);
    if (!locks::push_held(*thread, lock.address, site).entry) drop(contention::dropped().held);
    return;
  }
  const HeldRef held = push_detailed(*thread, mutex, site);
  if (!held.entry || !record) return;
  begin_hold(*thread, held, lock, *record, 0);
}

bool is_taken(const pthread_mutex_t* mutex) {
  const ThreadRecord* thread = ready_thread();
  return thread && locks::mutex_is_taken(mutex, thread->id.load(std::memory_order_relaxed));
}

WaitTicket waiting(const pthread_mutex_t* mutex, uintptr_t site) {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->pause_depth || !base::options.profile) return {};
  if (thread->busy) {
    drop(contention::dropped().nested);
    return {};
  }
  thread->busy = true;  // until wait_ended: signal handlers that run while this thread is blocked are passed through
  const uint64_t start_ns = base::monotonic_ns();
  const LockRef lock = mutex_ref(mutex);
  LockRecord* record = locks::find_or_make_record(lock, site);
  if (!record) drop(contention::dropped().locks);
  Place* place = record ? place_of(*thread, *record, site) : nullptr;
  if (!place) {
    thread->busy = false;
    return {};
  }
  const WaitTicket ticket{thread, record, contention::places.index_of(place), start_ns};
  record->lanes[place->lane].waiting.arrive(start_ns);
  record->pulse.arrive();
  locks::make_loud(*record, lock);
  thread->waiting_since_ns.store(start_ns, std::memory_order_relaxed);
  thread->waiting_place.store(ticket.place, std::memory_order_release);
  contention::make_room_for_frames(*thread);
  stack::update_stack(site, thread->stack);
  thread->stack_kept = true;
  return ticket;
}

void wait_ended(const WaitTicket& ticket, const pthread_mutex_t* mutex, uintptr_t site, bool is_held) {
  ThreadRecord* thread = ticket.thread;
  if (!thread) {
    if (is_held) acquired(mutex, site);
    return;
  }
  // Inside the critical section: a clock, two additions and the thread's own memory.
  const uint64_t end_ns = base::monotonic_ns();
  ticket.record->lanes[contention::places.at(ticket.place)->lane].waiting.leave(end_ns);
  ticket.record->pulse.leave();
  thread->waiting_place.store(0, std::memory_order_relaxed);
  const locks::PendingWait wait{end_ns - ticket.start_ns, ticket.place, WaitStack::kInThread, 0};
  HeldRef held{nullptr, nullptr};
  if (is_held) held = push_detailed(*thread, mutex, site);
  if (held.entry) {
    begin_hold(*thread, held, mutex_ref(mutex), *ticket.record, end_ns);
    held.detail->wait = wait;
  } else {
    contention::settle(*thread, {ticket.record, site, 0, {}, wait}, site);
  }
  thread->busy = false;
}

Release releasing(const pthread_mutex_t* mutex) {
  Release release;
  release.thread = nullptr;
  release.blamed = false;
  ThreadRecord* thread = ready_thread();
  if (!thread) return release;
  const auto address = reinterpret_cast<uintptr_t>(mutex);
  const HeldRef held = locks::find_held(*thread, address);
  if (!held.entry) return release;
  release.thread = thread;
  release.entry = *held.entry;
  release.detail = *held.detail;
  if (!(release.entry.lock & kDetailed)) release.detail = {};  // an inline entry leaves its details untouched
  if (!release.detail.record) release.detail.record = locks::find_record(mutex_ref(mutex));
  if (LockRecord* record = release.detail.record) {
    release.lanes = contention::read_lanes(*record);
    // The outermost hold of a recursive mutex is charged, once.
    release.blamed = release.lanes.moved && !locks::held_again(*thread, held);
  }
  locks::remove_held(*thread, held);
  return release;
}

void released(const Release& release, uintptr_t site, bool is_released) {
  ThreadRecord* thread = release.thread;
  if (!thread) return;
  if (!is_released) {
    const HeldRef held = locks::push_held(*thread, release.entry.lock, release.entry.site);
    if (held.entry) *held.detail = release.detail;
    return;
  }
  if (LOCKWRAP_LIKELY(!release.blamed && !release.detail.wait.place && !thread->deferred)) return;
  if (thread->busy) {
    drop(contention::dropped().nested);
    return;
  }
  thread->busy = true;
  if (thread->deferred) {
    contention::settle(*thread, thread->settlement, site);
    thread->deferred = false;
  }
  contention::settle(*thread, settlement_of(release), site);
  thread->busy = false;
}

Release releasing_to_wait(const pthread_mutex_t* mutex) {
  const Release release = releasing(mutex);
  ThreadRecord* thread = release.thread;
  if (!thread || (!release.blamed && !release.detail.wait.place)) return release;
  if (thread->busy) {
    drop(contention::dropped().nested);
    return release;
  }
  thread->busy = true;
  if (thread->deferred) {
    contention::settle(*thread, thread->settlement, thread->settlement.holder_site);
  }
  thread->settlement = settlement_of(release);
  thread->deferred = true;
  thread->busy = false;
  return release;
}

void reacquired(const Release& release, const pthread_mutex_t* mutex, uintptr_t site) {
  if (release.thread) acquired(mutex, site);
}

void renewed(pthread_mutex_t* mutex, uintptr_t site) {
  ThreadRecord* thread = ready_thread();
  if (thread) {
    // A fork handler may initialise a mutex that its thread holds; the old hold is over without a release.
    const auto address = reinterpret_cast<uintptr_t>(mutex);
    for (HeldRef held = locks::find_held(*thread, address); held.entry; held = locks::find_held(*thread, address)) {
      locks::remove_held(*thread, held);
    }
  }
  const LockRef lock = mutex_ref(mutex);
  if (!lock.identity) {
    locks::retire_record(lock);
  } else if (site) {
    *locks::mutex_creation(mutex) = site;
    locks::forget_unclaimed_name(lock.address);
  }
}

void thread_renamed() { locks::forget_thread_names(); }

void forked_child() { begin_forked_child(); }

void exiting_at_once() { write_at_end(false); }

}  // namespace lockwrap::hooks
