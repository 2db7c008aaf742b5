// What a thread waits for, for other threads to read while it waits. Written by its owner alone, at the beginning and at the end of a
// wait; a sequence number tells a reader whether what it has read belongs together (H. Boehm, "Can seqlocks get along with programming
// language memory models?", 2012).
// Runs: inside contended calls, and when deadlocks are looked for.
#pragma once

#include <atomic>
#include <cstdint>

#include "runtime/base/fence.h"
#include "runtime/locks/lock_record.h"

namespace lockwrap::locks {

// A wait as a reader has seen it.
struct WaitSeen {
  uint32_t sequence;  // of this wait, among all of its thread
  LockKind kind;
  bool is_timed;      // it ends by itself
  bool can_look;      // the waiter wakes from time to time, and may give up
  uintptr_t lock;     // address, with flags as in held entries; of a join: the handle of the thread
  uintptr_t site;     // return address of the waiting call
  uintptr_t frame;    // an address in the stack frame of the wait
  uint32_t held;      // how many locks the thread had then
  uint64_t since_ns;  // monotonic
};

class PublishedWait {
 public:
  // Publishes `wait`, whose sequence is ignored. False, and nothing is done, if a wait is published already: a signal handler
  // interrupts it. Sequentially consistent: of two threads that publish, and then look at each other's, one at least sees the other.
  bool begin(const WaitSeen& wait) {
    const uint32_t sequence = sequence_.load(std::memory_order_relaxed);
    if (is_waiting(sequence)) return false;
    base::fence_stores();  // nothing of what follows is seen before the end of the last wait
    flags_.store(static_cast<uint32_t>(wait.kind) | (wait.is_timed ? kTimed : 0) | (wait.can_look ? kCanLook : 0) |
                     (wait.held < kMostHeld ? wait.held : kMostHeld) << kHeldShift,
                 std::memory_order_relaxed);
    lock_.store(wait.lock, std::memory_order_relaxed);
    site_.store(wait.site, std::memory_order_relaxed);
    frame_.store(wait.frame, std::memory_order_relaxed);
    since_ns_.store(wait.since_ns, std::memory_order_relaxed);
    sequence_.store(sequence + 1, std::memory_order_seq_cst);  // pairs with read
    return true;
  }
  void end() { sequence_.store(sequence_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

  // From now on the wait has no time limit any more, if it had one. As begin, of two threads that look at each other's.
  void is_for_good() { flags_.fetch_and(~kTimed, std::memory_order_seq_cst); }

  // The owner will end the wait without what it waited for: from now on nobody waits for that, though it may take a while until end().
  void give_up() { flags_.store(flags_.load(std::memory_order_relaxed) | kGivenUp, std::memory_order_release); }

  // False: the thread does not wait, has given up, or begins or ends a wait at this moment. Thread-safe and signal-safe.
  bool read(WaitSeen& seen) const {
    seen.sequence = sequence_.load(std::memory_order_seq_cst);  // pairs with begin
    if (!is_waiting(seen.sequence)) return false;
    const uint32_t flags = flags_.load(std::memory_order_seq_cst);  // pairs with give_up and is_for_good
    if (flags & kGivenUp) return false;
    seen.kind = static_cast<LockKind>(flags & kKindMask);
    seen.is_timed = flags & kTimed;
    seen.can_look = flags & kCanLook;
    seen.held = flags >> kHeldShift;
    // Acquire, each: the sequence is looked at again after all of them.
    seen.lock = lock_.load(std::memory_order_acquire);
    seen.site = site_.load(std::memory_order_acquire);
    seen.frame = frame_.load(std::memory_order_acquire);
    seen.since_ns = since_ns_.load(std::memory_order_acquire);
    return sequence_.load(std::memory_order_relaxed) == seen.sequence;
  }
  uint32_t sequence() const { return sequence_.load(std::memory_order_seq_cst); }

 private:
  static constexpr uint32_t kKindMask = 0xff;
  static constexpr uint32_t kTimed = 0x100;
  static constexpr uint32_t kCanLook = 0x200;
  static constexpr unsigned kHeldShift = 16;
  static constexpr uint32_t kMostHeld = 0xffff;  // that many, or more
  static constexpr uint32_t kGivenUp = 0x400;
  static bool is_waiting(uint32_t sequence) { return sequence & 1; }

  std::atomic<uint32_t> sequence_;
  std::atomic<uint32_t> flags_;
  std::atomic<uintptr_t> lock_;
  std::atomic<uintptr_t> site_;
  std::atomic<uintptr_t> frame_;
  std::atomic<uint64_t> since_ns_;
};

}  // namespace lockwrap::locks
