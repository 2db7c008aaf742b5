// How long a thread has waited for a lock, as far as that says something about the program: time in which the process was stopped, the
// machine slept, or the holder got no processor is nobody's fault.
// Runs: in waiting threads, when a part of their wait has passed.
#pragma once

#include <cstdint>

#include "runtime/locks/thread_record.h"

namespace lockwrap::deadlock {

// What the kernel says of a thread (/proc/self/task/ID).
struct ThreadState {
  char code = 0;              // R running, S asleep, D in the disk's hands, T stopped, t traced, Z ended; 0: not known
  long system_call = -1;      // it is in, -1: none, or not known
  uint64_t ran_ns = 0;        // on a processor, in all its life
  uint64_t run_delay_ns = 0;  // waited for a processor, in all its life; the kernel adds a wait when it is over
  bool has_times = false;
};
ThreadState state_of_thread(uint32_t id);
// False also when the kernel does not say.
bool blocks_signal(uint32_t id, int number);

// The waiter's, on its stack.
class Patience {
 public:
  // `after_ns` 0: never over.
  void begin(uint64_t now_ns, uint64_t after_ns) { part_began_ns_ = now_ns, next_ns_ = after_ns; }

  // A part that was to take so long is over, and `holder` has the lock (0: not known). True: the patience is over, for now; next time after
  // twice as long.
  bool part_is_over(uint64_t now_ns, uint64_t planned_ns, uint32_t holder);

  // The next part is not to be longer than this.
  uint64_t most_ns(uint64_t step_ns) const;

  uint64_t waited_ns() const { return waited_ns_; }
  // For how long the present holder has been seen to have it, without a break.
  uint64_t held_ns(uint64_t now_ns) const { return holder_ ? now_ns - holder_seen_ns_ : 0; }

 private:
  bool holder_starved(uint64_t now_ns);

  uint64_t part_began_ns_ = 0;
  uint64_t waited_ns_ = 0;
  uint64_t next_ns_ = 0;
  uint32_t holder_ = 0;
  uint64_t holder_seen_ns_ = 0;
  ThreadState holder_then_;
};

}  // namespace lockwrap::deadlock
