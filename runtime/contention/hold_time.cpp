#include "runtime/contention/hold_time.h"

#include "runtime/base/clock.h"
#include "runtime/locks/mutex_words.h"

namespace lockwrap::contention {

using locks::HoldTime;
using locks::LockRecord;
using locks::ThreadRecord;

void note_arrival(LockRecord& record, const locks::LockRef& lock, uint64_t now_ns) {
  if (locks::Pulse::has_waiters(record.pulse.load())) return;
  if (locks::kMutexHasOwner && lock.kind == locks::LockKind::kMutex &&
      now_ns >= record.look_ns.load(std::memory_order_relaxed) + kLookEveryNs) {
    const uint32_t owner = locks::mutex_owner(reinterpret_cast<const pthread_mutex_t*>(lock.address));
    const uint64_t cpu_ns = owner ? base::thread_cpu_ns(owner) : 0;
    if (cpu_ns) {
      record.look_ns.store(0, std::memory_order_release);
      record.look_cpu_ns.store(cpu_ns, std::memory_order_release);
      record.look_thread.store(owner, std::memory_order_release);
      record.look_ns.store(now_ns, std::memory_order_release);
    }
  }
  record.waited_since_ns.store(now_ns, std::memory_order_release);
}

void note_begin(ThreadRecord& thread, uint64_t now_ns) {
  if (now_ns < thread.look_due_ns) return;
  thread.look_due_ns = now_ns + kLookEveryNs;
  const base::Switches switches = base::own_switches();
  thread.look = {now_ns, base::thread_cpu_ns(0), switches.voluntary, switches.forced};
}

HoldSpan span_of(const HoldLanes& lanes, bool is_reader, const locks::PendingWait& wait) {
  const bool is_begin_known = is_reader ? lanes.is_own : lanes.began_waited_for || wait.place;
  if (is_begin_known) return {lanes.begin_ns, lanes.begin_ns};
  return {0, wait.is_begin_unknown ? 0 : lanes.waited_since_ns};
}

namespace {

// The holder's processor time when the hold began as far as is known; 0: nobody looked.
uint64_t cpu_at_begin(const ThreadRecord& thread, const LockRecord& record, HoldSpan span) {
  if (span.begin_ns) return thread.look.begin_ns == span.begin_ns ? thread.look.cpu_ns : 0;
  if (record.look_ns.load(std::memory_order_acquire) != span.seen_ns) return 0;
  const uint64_t cpu_ns = record.look_cpu_ns.load(std::memory_order_acquire);
  const uint32_t looked_at = record.look_thread.load(std::memory_order_acquire);
  const bool is_whole = record.look_ns.load(std::memory_order_acquire) == span.seen_ns;
  return is_whole && looked_at == thread.id.load(std::memory_order_relaxed) ? cpu_ns : 0;
}

// The part of `idle_ns`, in which the thread did not run, that it slept of its own will.
uint64_t slept_of(ThreadRecord& thread, uint64_t idle_ns) {
  const base::Switches now = base::own_switches();
  const uint32_t sleeps = now.voluntary - thread.look.sleeps, preemptions = now.forced - thread.look.preemptions;
  thread.look = {0, 0, now.voluntary, now.forced};
  if (!sleeps) return 0;
  return static_cast<uint64_t>(static_cast<double>(idle_ns) * sleeps / (static_cast<double>(sleeps) + preemptions));
}

}  // namespace

HoldTime time_of(ThreadRecord& thread, const LockRecord& record, const HoldLanes& lanes, HoldSpan span) {
  HoldTime time{0, locks::kNotLooked};
  if (!span.seen_ns || span.seen_ns >= lanes.now_ns) return time;
  time.ns = lanes.now_ns - span.seen_ns;
  const uint64_t begin_ns = cpu_at_begin(thread, record, span);
  const uint64_t end_ns = begin_ns ? base::thread_cpu_ns(0) : 0;
  if (end_ns < begin_ns || !end_ns) return time;
  const uint64_t ran_ns = end_ns - begin_ns;
  time.blocked_ns = slept_of(thread, ran_ns < time.ns ? time.ns - ran_ns : 0);
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

void count_hold(const locks::Settlement& settlement) {
  const HoldTime time = settlement.time;
  if (!time.ns) return;
  Holder* holder = find_or_make_holder(*settlement.record, settlement.holder_site, settlement.is_reader);
  if (!holder) return;
  add_times(holder->holds, time.ns, settlement.weight);
  if (time.blocked_ns == locks::kNotLooked) return;
  holder->looked_ns.fetch_add(time.ns, std::memory_order_relaxed);
  holder->blocked_ns.fetch_add(time.blocked_ns, std::memory_order_relaxed);
}

}  // namespace lockwrap::contention
