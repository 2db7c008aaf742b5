// Who waits for whom, read from the outside: from a waiting thread to what it waits for, to who has that, to what that thread waits
// for. A way that comes back is a deadlock.
//
// Only what is certain counts. A wait with a time limit ends by itself; of a lock whose holders libc and lockwrap do not agree on, or
// which may have others than those that are known, nothing follows. Each wait is read with its sequence number; when all are found
// unchanged afterwards, all of them lasted at one moment, and a thread that waits gives nothing back: then the cycle is for good.
// Runs: in waiting threads, before they block or when a part of their wait has passed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/locks/thread_record.h"

namespace lockwrap::deadlock {

constexpr size_t kMostThreads = 1024;  // looked at from one waiting thread; what lies farther is not seen, and counted

// A thread of a chain, its wait, and how it holds up the thread before it.
struct Link {
  locks::ThreadRecord* thread;
  uint32_t id;
  uint32_t previous;        // index of the thread that waits for this one
  locks::WaitSeen wait;
  uintptr_t hold_site;      // of the call that took what the one before waits for; 0: not known
  bool holds_to_read;
};

// The lock of a search: one thread searches at a time, since the links are too large for a stack.
class Search {
 public:
  // A thread that can look again later does not wait for its turn. Another one does, for a while.
  explicit Search(bool waits_for_turn);
  ~Search();
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  bool has_turn() const { return has_turn_; }

  // Whether the calling thread, whose wait is published, waits for itself in the end. Confirmed twice. The links of the cycle are
  // then 0 to count() - 1, beginning with the calling thread; each waits for the next one, and the last one for the first.
  bool find_cycle(locks::ThreadRecord& self);
  // The holders of what the calling thread waits for, behind itself.
  void find_holders(locks::ThreadRecord& self);

  Link& link(size_t i);
  size_t count() const { return count_; }

 private:
  bool add_holders(uint32_t waiter);
  bool reach(locks::ThreadRecord& holder, uint32_t waiter, uintptr_t hold_site, bool holds_to_read);
  bool still_waits(const Link& link) const;
  bool still_holds(const Link& holder, const locks::WaitSeen& wait) const;
  void keep_cycle(uint32_t last);

  bool has_turn_;
  size_t count_ = 0;
};

// In a forked child: whoever searched is not in it. Of the graph of lock orders, too.
void forget_searches();

// How many searches had to leave threads out.
uint64_t cut_searches();

}  // namespace lockwrap::deadlock
