// The hooks of threads that wait: they look themselves what keeps them, so that lockwrap needs no thread of its own. A cycle of waiting
// threads is closed by one of them, the last to wait: it looks soon after, or before it blocks, and so finds it whatever the others do.
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/timeline.h"
#include "runtime/deadlock/incident.h"
#include "runtime/deadlock/workers.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/misuse/rules.h"
#include "runtime/report/cycle_text.h"
#include "runtime/report/stuck_text.h"

namespace lockwrap::hooks {

namespace {

using deadlock::Link;
using locks::ThreadRecord;

constexpr uint64_t kFirstStepNs = 100'000'000;
constexpr uint64_t kLongestStepNs = 6'400'000'000;
// Where one of the threads is to give up, whichever it is must soon look.
constexpr uint64_t kLongestStepToGiveUpNs = 400'000'000;
// And until it looks again if others were searching.
constexpr uint64_t kStepToNextTurnNs = 20'000'000;

bool is_off() { return base::same_text(base::options.on_deadlock, "off"); }
bool ends_deadlocks() { return base::same_text(base::options.on_deadlock, "error"); }

// A vfork child borrows the memory of its parent, whose threads are none of its business.
bool is_own_process() {
  const contention::ProcessState& process = contention::process_state();
  return (!locks::kMutexHasOwner || process.owners_known.load(std::memory_order_relaxed)) &&
         process.pid.load(std::memory_order_relaxed) == static_cast<uint32_t>(getpid());
}

enum class Seen { kNothing, kDeadlockToEnd, kNotLooked };

// The thread has published its wait. kDeadlockToEnd: it gives up. kNotLooked: others were searching.
Seen look_for_cycle(ThreadRecord& thread, bool may_give_up_now, bool waits_for_turn) {
  if (!ends_deadlocks() && thread.told_wait.load(std::memory_order_relaxed) == thread.published.sequence()) return Seen::kNothing;
  deadlock::Search search(waits_for_turn);
  if (!search.has_turn()) return Seen::kNotLooked;
  if (!search.find_cycle(thread)) return Seen::kNothing;
  const Link* victim = ends_deadlocks() ? deadlock::choose_victim(search, may_give_up_now ? &thread : nullptr) : nullptr;
  if (victim && victim->thread != &thread) return Seen::kNothing;  // that one will look, too
  const bool is_known = deadlock::is_known(search);
  if (!is_known && deadlock::is_new(search)) {
    const report::CycleFound found{search, victim};
    tell(FindingKind::kDeadlock, report::add_cycle, &found);
  }
  if (!victim) return Seen::kNothing;
  thread.gave_up.fetch_add(1, std::memory_order_relaxed);
  thread.published.give_up();  // while nobody else searches: else the next one would find the same deadlock, and another victim
  return Seen::kDeadlockToEnd;
}

// A misuse that is a deadlock. False: the call must not wait.
bool take_misuse(ThreadRecord& thread, const misuse::Finding& finding) {
  if (!finding || !is_own_process()) return true;
  tell_misuse(thread, finding);
  return !ends_deadlocks();
}

template <class Rule>
bool look_at_own_lock(Rule rule) {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->busy || thread->pause_depth || is_off()) return true;
  thread->busy = true;
  const misuse::Finding finding = rule(*thread);
  const bool goes_on = take_misuse(*thread, finding);
  if (finding && goes_on) thread->told_wait.store(thread->published.sequence() + 1, std::memory_order_relaxed);  // the wait that begins next
  thread->busy = false;
  return goes_on;
}

}  // namespace

bool look_at_wait(const pthread_mutex_t* mutex, uintptr_t site) {
  // Most often somebody else has it, or libc does not tell.
  const ThreadRecord* self = locks::this_thread;
  if (!self || locks::mutex_owner(mutex) != self->id.load(std::memory_order_relaxed)) return true;
  return look_at_own_lock([=](ThreadRecord& thread) { return misuse::check_wait(thread, mutex, site); });
}

bool look_at_write_wait(const pthread_rwlock_t* lock, uintptr_t site) {
  return look_at_own_lock([=](ThreadRecord& thread) { return misuse::check_write_wait(thread, lock, site); });
}

bool prepare_long_wait(LongWait& wait) {
  prepare_wait(wait.ticket, wait.lock, wait.kind, wait.site, WaitForm::kLooking);
  return wait.ticket.record && !contention::timeline_kept;
}

void begin_long_wait(LongWait& wait) {
  wait.until_ns = 0;
  if (!wait.ticket.thread) return;
  begin_wait(wait.ticket, wait.lock, wait.kind, wait.site, WaitForm::kLooking);
  wait.patience.begin(wait.ticket.start_ns, base::options.stuck_after_ms * 1'000'000);
  wait.step_ns = wait.patience.most_ns(kFirstStepNs);
  wait.until_ns = wait.ticket.start_ns + wait.step_ns;
}

namespace {

// The wait has lasted, and is no deadlock that was told.
void look_at_patience(LongWait& wait) {
  ThreadRecord& thread = *wait.ticket.thread;
  if (!base::options.stuck_after_ms || !wait.ticket.is_published || !is_own_process()) return;
  deadlock::Search search(false);
  if (!search.has_turn()) return;
  search.find_holders(thread);
  const uint32_t holder = search.count() == 2 ? search.link(1).id : 0;
  const bool is_over = wait.patience.part_is_over(base::monotonic_ns(), wait.step_ns, holder);
  const bool is_told = thread.told_wait.load(std::memory_order_relaxed) == thread.published.sequence();
  if (!is_over || is_told || !deadlock::is_new(search, wait.patience.waited_ns())) return;
  const report::StuckFound found{search, wait.patience};
  tell(FindingKind::kStuck, report::add_stuck, &found);
}

// Whether the lock's holder is gone. False: the call must not wait.
bool look_at_owner(const LongWait& wait) {
  ThreadRecord& thread = *wait.ticket.thread;
  if (thread.told_wait.load(std::memory_order_relaxed) == thread.published.sequence()) return true;
  misuse::Finding finding;
  if (wait.kind == LockKind::kMutex) {
    finding = misuse::check_long_wait(thread, reinterpret_cast<const pthread_mutex_t*>(wait.lock), wait.site);
  } else if (wait.kind == LockKind::kRwlock) {
    const auto* lock = reinterpret_cast<const pthread_rwlock_t*>(wait.lock & ~locks::kHeldFlags);
    finding = misuse::check_long_wait(thread, lock, wait.lock & locks::kShared, wait.site);
  }
  if (finding) thread.told_wait.store(thread.published.sequence(), std::memory_order_relaxed);
  return take_misuse(thread, finding);
}

}  // namespace

bool look(LongWait& wait) {
  ThreadRecord& thread = *wait.ticket.thread;
  bool goes_on = true;
  if (!is_off() && is_own_process()) {
    goes_on = look_at_owner(wait);
    const Seen seen = goes_on ? look_for_cycle(thread, true, false) : Seen::kDeadlockToEnd;
    if (seen == Seen::kNotLooked && ends_deadlocks()) {
      wait.until_ns = base::monotonic_ns() + kStepToNextTurnNs;
      return true;
    }
    goes_on = seen != Seen::kDeadlockToEnd;
  }
  look_at_put_off_orders();
  look_after_workers();
  const uint64_t longest_ns = ends_deadlocks() ? kLongestStepToGiveUpNs : kLongestStepNs;
  if (goes_on) look_at_patience(wait);
  if (wait.step_ns < longest_ns) wait.step_ns *= 2;
  wait.step_ns = wait.patience.most_ns(wait.step_ns);
  wait.until_ns = base::monotonic_ns() + wait.step_ns;
  return goes_on;
}

bool look_before_blocking(bool may_give_up) {
  ThreadRecord* thread = locks::this_thread;
  if (!thread || is_off() || !is_own_process()) return true;
  const bool was_busy = thread->busy;
  thread->busy = true;
  thread->published.is_for_good();
  const bool goes_on = look_for_cycle(*thread, may_give_up, true) != Seen::kDeadlockToEnd;
  thread->busy = was_busy;
  return goes_on || !may_give_up;
}

void look_after_workers() {
  if (!deadlock::has_workers() || !is_own_process()) return;
  deadlock::look_after_workers([](const deadlock::LateWorker& late) {
    deadlock::counts_of_stuck().count(true);
    tell(FindingKind::kStuck, report::add_late_worker, &late);
  });
}

void initialiser_begins(locks::Initialisation& node) {
  ThreadRecord* thread = ready_thread();
  if (!thread) return;
  node.outer = thread->initialising.load(std::memory_order_relaxed);
  thread->initialising.store(&node, std::memory_order_release);
}

void forget_left_initialisers(const void* frame) {
  ThreadRecord* thread = locks::this_thread;
  if (!thread) return;
  const locks::Initialisation* node = thread->initialising.load(std::memory_order_relaxed);
  if (node && static_cast<const void*>(node) < frame) thread->initialising.store(nullptr, std::memory_order_relaxed);
}

void initialiser_ends(const locks::Initialisation& node) {
  ThreadRecord* thread = locks::this_thread;
  if (thread && thread->initialising.load(std::memory_order_relaxed) == &node) {
    thread->initialising.store(node.outer, std::memory_order_relaxed);
  }
}

}  // namespace lockwrap::hooks
