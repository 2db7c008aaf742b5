// The present stack of another thread of the process: asked for by a signal, whose handler walks the interrupted stack. Only with
// stuck_signal=1, because a signal ends some system calls with EINTR, whatever its handler is installed with.
//
// One real-time signal is taken for it at start, the highest that has no handler then.
// Runs: when a thread that has waited too long tells who keeps it; and in the thread that is asked, within a signal handler.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::stack {

// At start. False: every real-time signal has a handler.
bool take_stack_signal();
// 0: none was taken, or the program has a handler of its own for it now.
int stack_signal_number();
// In a forked child: whoever asked or was asked is not in it.
void forget_question();

struct AskedStack {
  static constexpr size_t kFrames = 24;
  uintptr_t frames[kFrames];  // return addresses, leaf first; the leaf is behind the instruction that comes next
  size_t count;
};

// kOff: no signal was taken, or the program has taken it since. kNoAnswer: the thread blocks the signal, is gone or does not get to run;
// the wait for it is short. One thread asks at a time. Keeps errno.
enum class Answer { kOff, kNoAnswer, kGiven };
Answer ask_stack(uint32_t thread_id, AskedStack& stack);

}  // namespace lockwrap::stack
