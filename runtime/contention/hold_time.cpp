#include "runtime/contention/hold_time.h"

#include "runtime/base/clock.h"
#include "runtime/locks/mutex_words.h"

namespace lockwrap::contention {

using locks::HoldTime;
using locks::LockRecord;
using locks::ThreadRecord;

namespace {

// The first wait in a word, so that it is never seen in parts: the time in units of 1024 ns, rounded up, and the number of events at the lock
// before it, which tells to which hold it came.
constexpr unsigned kUnitBits = 10, kTagBits = 16;
constexpr uint64_t kTagMask = (uint64_t{1} << kTagBits) - 1;

uint64_t first_wait_word(uint64_t now_ns, uint64_t pulse) {
  return ((now_ns >> kUnitBits) + 1) << kTagBits | (locks::Pulse::events(pulse) & kTagMask);
}

// 0: the word is of another hold than the one that began at `pulse`.
uint64_t first_wait_ns(uint64_t word, uint64_t pulse) {
  const bool is_of_hold = !locks::Pulse::has_waiters(pulse) && (word & kTagMask) == (locks::Pulse::events(pulse) & kTagMask);
  return is_of_hold ? word >> kTagBits << kUnitBits : 0;
}

constexpr uint32_t kMostThreadId = 0x3fffffff;  // FUTEX_TID_MASK; an inconsistent robust mutex has a greater "owner"

void look_at_owner(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns, uint64_t word) {
  if (!locks::kMutexHasOwner || lock.kind != locks::LockKind::kMutex) return;
  if (now_ns < record.arrival_look_due_ns.load(std::memory_order_relaxed)) return;
  record.arrival_look_due_ns.store(now_ns + kLookEveryNs, std::memory_order_relaxed);
  const uint32_t owner = locks::mutex_owner(reinterpret_cast<const pthread_mutex_t*>(lock.address));
  const uint64_t cpu_ns = owner && owner <= kMostThreadId ? base::thread_cpu_ns(owner) : 0;
  if (!cpu_ns) return;
  record.look_word.store(0, std::memory_order_release);
  record.look_cpu_ns.store(cpu_ns, std::memory_order_release);
  record.look_thread.store(owner, std::memory_order_release);
  record.look_word.store(word, std::memory_order_release);
}

}  // namespace

void note_arrival(LockRecord& record, const locks::LockRef& lock, uint64_t pulse) {
  // One who comes after others have come and gone leaves the first one's word.
  if (locks::Pulse::has_waiters(pulse) || pulse != record.seen_pulse.load(std::memory_order_relaxed)) return;
  const uint64_t now_ns = base::monotonic_ns();  // not when it came to the lock: the hold may have begun since
  const uint64_t word = first_wait_word(now_ns, pulse);
  record.first_wait_word.store(word, std::memory_order_release);
  look_at_owner(record, lock, now_ns, word);
}

void note_begin(ThreadRecord& thread, LockRecord& record, uint64_t now_ns) {
  if (now_ns < thread.look_due_ns || now_ns < record.begin_look_due_ns.load(std::memory_order_relaxed)) return;
  thread.look_due_ns = now_ns + kLookEveryNs;
  record.begin_look_due_ns.store(now_ns + kLookEveryNs, std::memory_order_relaxed);
  const base::Switches switches = base::own_switches();
  thread.look = {now_ns, switches.is_known ? base::thread_cpu_ns(0) : 0, switches.voluntary, switches.forced};
}

HoldSpan span_of(const HoldLanes& lanes, bool is_exclusive, const locks::PendingWait& wait) {
  const bool is_begin_known = is_exclusive ? lanes.began_waited_for || wait.place : lanes.is_own;
  if (is_begin_known) return {lanes.begin_ns, lanes.begin_ns};
  return {0, wait.is_begin_unknown ? 0 : first_wait_ns(lanes.first_wait_word, lanes.seen_pulse)};
}

namespace {

// The holder's processor time when the hold began as far as is known; 0: nobody looked.
uint64_t cpu_at_begin(const ThreadRecord& thread, const LockRecord& record, const HoldLanes& lanes, HoldSpan span) {
  if (span.begin_ns) return thread.look.begin_ns == span.begin_ns ? thread.look.cpu_ns : 0;
  if (record.look_word.load(std::memory_order_acquire) != lanes.first_wait_word) return 0;
  const uint64_t cpu_ns = record.look_cpu_ns.load(std::memory_order_acquire);
  const uint32_t looked_at = record.look_thread.load(std::memory_order_acquire);
  const bool is_whole = record.look_word.load(std::memory_order_acquire) == lanes.first_wait_word;
  return is_whole && looked_at == thread.id.load(std::memory_order_relaxed) ? cpu_ns : 0;
}

// The part of `idle_ns`, in which the thread did not run, that it slept of its own will, or kNotLooked. `since_begin`: the thread looked last
// when this hold began.
uint64_t slept_of(ThreadRecord& thread, uint64_t idle_ns, bool since_begin) {
  const base::Switches now = base::own_switches();
  if (!now.is_known) return locks::kNotLooked;
  const uint32_t sleeps = now.voluntary - thread.look.sleeps, preemptions = now.forced - thread.look.preemptions;
  thread.look = {0, 0, now.voluntary, now.forced};
  if (!sleeps) return 0;
  if (!preemptions) return idle_ns;
  if (!since_begin) return locks::kNotLooked;  // which of them were before the hold?
  return static_cast<uint64_t>(static_cast<double>(idle_ns) * sleeps / (static_cast<double>(sleeps) + preemptions));
}

}  // namespace

HoldTime time_of(ThreadRecord& thread, const LockRecord& record, const HoldLanes& lanes, HoldSpan span) {
  HoldTime time{0, locks::kNotLooked};
  if (!span.seen_ns || span.seen_ns >= lanes.now_ns) return time;
  time.ns = lanes.now_ns - span.seen_ns;
  const uint64_t begin_ns = cpu_at_begin(thread, record, lanes, span);
  const uint64_t end_ns = begin_ns ? base::thread_cpu_ns(0) : 0;
  if (end_ns < begin_ns || !end_ns) return time;
  const uint64_t ran_ns = end_ns - begin_ns;
  time.blocked_ns = slept_of(thread, ran_ns < time.ns ? time.ns - ran_ns : 0, span.begin_ns != 0);
  return time;
}

Holder* find_or_make_holder(locks::LockRecord& record, uintptr_t site, bool is_reader) {
  Holder* holder = holders.find_or_add(
      base::mix(reinterpret_cast<uintptr_t>(&record) ^ base::mix(site)),
      [&](const Holder& known) { return known.record == &record && known.site == site; },
      [&](Holder& fresh) {
        fresh.record = &record;
        fresh.site = site;
        fresh.is_reader = is_reader;
      });
  if (holder) base::link_once(record.first_holder, holder->next_of_record, holders.index_of(holder));
  else dropped().holders.fetch_add(1, std::memory_order_relaxed);
  return holder;
}

void count_hold(ThreadRecord& thread, const locks::Settlement& settlement) {
  const HoldTime time = settlement.time;
  if (!time.ns) return;
  Holder* holder = holders.at(thread.last_holder);
  if (!holder || holder->record != settlement.record || holder->site != settlement.holder_site) {
    holder = find_or_make_holder(*settlement.record, settlement.holder_site, settlement.is_reader);
    if (!holder) return;
    thread.last_holder = holders.index_of(holder);
  }
  holder->count.fetch_add(settlement.weight, std::memory_order_relaxed);
  add_times(holder->holds, time.ns, settlement.weight);
  if (time.blocked_ns == locks::kNotLooked) return;
  holder->looked_ns.fetch_add(time.ns, std::memory_order_relaxed);
  holder->blocked_ns.fetch_add(time.blocked_ns, std::memory_order_relaxed);
}

}  // namespace lockwrap::contention
