#include "runtime/deadlock/waits_for.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/own_memory.h"
#include "runtime/deadlock/holders.h"
#include "runtime/deadlock/order_search.h"
#include "runtime/locks/mutex_words.h"

namespace lockwrap::deadlock {

using locks::LockKind;
using locks::ThreadRecord;
using locks::WaitSeen;

namespace {

// Longer than any search. Not for ever: the one that searches may have a lower priority, and the same processor.
constexpr uint64_t kLongestWaitForTurnNs = 100'000'000;

constinit std::atomic<bool> searching;
constinit std::atomic<uint64_t> cut_count;
// Of the search in progress: in the order in which they are reached, nearest first.
constinit Link links[kMostThreads]{};
constinit Holder holders[kMostHolders]{};
constinit uint32_t way[kMostThreads];

uint32_t id_of(const ThreadRecord& thread) { return thread.id.load(std::memory_order_relaxed); }

}  // namespace

uint64_t cut_searches() { return cut_count.load(std::memory_order_relaxed); }

Search::Search(bool waits_for_turn) : has_turn_(!searching.exchange(true, std::memory_order_acquire)) {
  if (has_turn_ || !waits_for_turn) return;
  const uint64_t end_ns = base::monotonic_ns() + kLongestWaitForTurnNs;
  while (!has_turn_ && base::monotonic_ns() < end_ns) {
    syscall(SYS_sched_yield);
    has_turn_ = !searching.exchange(true, std::memory_order_acquire);
  }
}
Search::~Search() {
  if (has_turn_) searching.store(false, std::memory_order_release);  // pairs with the exchanges above
}

void forget_searches() {
  searching.store(false, std::memory_order_relaxed);
  forget_order_searches();
}

Link& Search::link(size_t i) { return links[i]; }

// True: the holder is the thread that searches.
bool Search::reach(ThreadRecord& holder, uint32_t waiter, uintptr_t hold_site, bool holds_to_read) {
  if (&holder == links[0].thread) {
    links[0].hold_site = hold_site;
    links[0].holds_to_read = holds_to_read;
    return true;
  }
  for (size_t i = 1; i < count_; ++i) {
    if (links[i].thread == &holder) return false;
  }
  if (count_ == kMostThreads) {
    cut_count.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  links[count_++] = {&holder, id_of(holder), waiter, {}, hold_site, holds_to_read};
  return false;
}

bool Search::add_holders(uint32_t waiter) {
  const size_t count = deadlock::find_holders(links[waiter].wait, holders);
  for (size_t i = 0; i < count; ++i) {
    if (reach(*holders[i].thread, waiter, holders[i].site, holders[i].is_reader)) return true;
  }
  return false;
}

bool Search::still_waits(const Link& link) const {
  return link.thread->published.sequence() == link.wait.sequence && id_of(*link.thread) == link.id;
}

bool Search::still_holds(const Link& holder, const WaitSeen& wait) const {
  const size_t count = deadlock::find_holders(wait, holders);
  for (size_t i = 0; i < count; ++i) {
    if (holders[i].thread == holder.thread) return true;
  }
  return false;
}

// The links from `last` back to the searching one, turned around to stand at the beginning.
void Search::keep_cycle(uint32_t last) {
  size_t length = 1;
  for (uint32_t i = last; i != 0; i = links[i].previous) ++length;
  // Nearer links have lower indices, so none is overwritten before it is moved.
  uint32_t at = last;
  for (size_t i = length; i-- > 1; at = links[at].previous) way[i] = at;
  for (size_t i = 1; i < length; ++i) links[i] = links[way[i]];
  count_ = length;
}

namespace {

// libc may refuse that (a checked mutex, a writer, its own end); else it is told before the wait, if libc knows who has a mutex.
bool may_wait_for_itself(const locks::WaitSeen& wait) {
  if (wait.kind != LockKind::kMutex) return wait.kind != LockKind::kRwlock && wait.kind != LockKind::kJoin;
  pthread_mutex_t copy;
  return !locks::kMutexHasOwner && locks::kMutexKindsKnown && base::read_memory_in_use(wait.lock & ~locks::kHeldFlags, &copy, sizeof copy) &&
         locks::mutex_is_usual(&copy);
}

}  // namespace

bool Search::find_cycle(ThreadRecord& self) {
  links[0] = {&self, id_of(self), 0, {}, 0, false};
  count_ = 1;
  for (uint32_t i = 0; i < count_; ++i) {
    if (!links[i].thread->published.read(links[i].wait) || links[i].wait.is_timed || !add_holders(i)) continue;
    if (i == 0 && !may_wait_for_itself(links[0].wait)) return false;
    keep_cycle(i);
    for (int confirmation = 0; confirmation < 2; ++confirmation) {
      for (size_t waiter = 0; waiter < count_; ++waiter) {
        if (!still_waits(links[waiter]) || !still_holds(links[(waiter + 1) % count_], links[waiter].wait)) return false;
      }
    }
    for (size_t waiter = 0; waiter < count_; ++waiter) {
      if (!still_waits(links[waiter]) || locks::is_gone(links[waiter].id)) return false;
    }
    return true;
  }
  return false;
}

void Search::find_holders(ThreadRecord& self) {
  links[0] = {&self, id_of(self), 0, {}, 0, false};
  count_ = 1;
  if (self.published.read(links[0].wait)) add_holders(0);
}

}  // namespace lockwrap::deadlock
