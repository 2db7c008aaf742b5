// The hooks of a program's own locks, which report themselves: what the public header promises, by the hooks of libc's locks.
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/contention/timeline.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"

namespace lockwrap::hooks {

using locks::HeldRef;
using locks::kHeldCustom;
using locks::ThreadRecord;
using locks::WaitStack;

void custom_waiting(const void* lock, uintptr_t site) {
  WaitTicket ticket = waiting(held_lock(lock) | kHeldCustom, LockKind::kCustom, site, WaitForm::kForGood);
  ThreadRecord* thread = ticket.thread;
  if (!thread) return;
  look_before_blocking(false);
  thread->custom.is_published = ticket.is_published;
  if (!ticket.record) {
    thread->busy = false;
    return;
  }
  // The stack is kept for itself, and the thread's state is as before: the lock may use others while it waits.
  thread->stack_kept = false;
  thread->wait.place.store(0, std::memory_order_relaxed);
  thread->custom.stack = contention::intern_last_stack(*thread);
  if (contention::timeline_kept) contention::keep_outer_event(*thread, ticket.event);
  thread->custom.since_ns.store(ticket.start_ns, std::memory_order_relaxed);
  thread->custom.place.store(ticket.place, std::memory_order_release);
  thread->busy = false;
}

void custom_acquired(const void* lock, bool is_reader, uintptr_t site) {
  ThreadRecord* thread = ready_thread();
  if (!thread) return;
  const uintptr_t held_as = held_lock(lock) | kHeldCustom | (is_reader ? locks::kShared : 0);
  const uintptr_t address = held_as & ~locks::kHeldFlags;
  const contention::Place* place = contention::places.at(thread->custom.place.load(std::memory_order_relaxed));
  const bool is_published = thread->custom.is_published;
  thread->custom.is_published = false;
  if (!place || place->record->address.load(std::memory_order_relaxed) != address) {
    if (is_published) thread->published.end();
    return acquired(held_as, LockKind::kCustom, site, Taken::kLocked);
  }
  const uint64_t since_ns = thread->custom.since_ns.load(std::memory_order_relaxed);
  thread->custom.place.store(0, std::memory_order_relaxed);
  const WaitTicket ticket{thread, place->record, contention::places.index_of(place), is_published, true, since_ns, contention::outer_event(*thread)};
  wait_ended(ticket, held_as, LockKind::kCustom, site, WaitEnd::kHeld);
  const HeldRef held = locks::find_held(*thread, address);
  if (!held.entry) return;
  held.detail->wait.stack = thread->custom.stack;
  held.detail->wait.stack_kept = thread->custom.stack ? WaitStack::kCandidate : WaitStack::kNone;
}

// What the hold owes is counted at once, inside the critical section if somebody has waited: afterwards the next holder may
// have the record, and there may be no later call of this thread to do it.
void custom_releasing(const void* lock, uintptr_t site) { released(releasing(held_lock(lock) | kHeldCustom, LockKind::kCustom), site, true); }

}  // namespace lockwrap::hooks
