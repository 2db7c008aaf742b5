// The calling thread's stack as return addresses, taken inside a lock call: no allocation, no lock, nothing of libgcc's.
//
// Each frame is stepped over by its unwind rule (frame_rules.h); where there is none, by the frame pointer, if that looks like one.
// Only words between the stack pointer and the end of the thread's stack are read.
// Runs: inside contended calls, before they block or after they have released.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/attributes.h"

namespace lockwrap::stack {

constexpr size_t kMaxFrames = 128;  // of a remembered stack; the outermost are left away

// What a walk depended on, for the next one from the same place: a walk is a function of the registers that it begins with and of
// the words that it reads. If all are what they were, so is its result, and comparing them, in the order in which the walk read
// them, reads nothing that the walk would not read.
class Trail {
 public:
  // Words; a walk that depends on more is not remembered.
  static constexpr uint32_t kCapacity = 52;

  void begin(uintptr_t site, uintptr_t stack_pointer);
  void depend_on_frame_pointer(uintptr_t frame_pointer);
  void depend_on(uintptr_t address, uintptr_t value);
  bool leads_as_before(uintptr_t site, uintptr_t stack_pointer, uintptr_t frame_pointer) const;

 private:
  uintptr_t site_;
  uintptr_t stack_pointer_;
  uintptr_t frame_pointer_;
  uint32_t count_;  // 0: nothing is remembered
  bool frame_pointer_matters_;
  uint32_t offsets_[kCapacity];  // from stack_pointer_
  uintptr_t values_[kCapacity];
};

// The stack that a thread took last. Valid when zero.
struct LastStack {
  uintptr_t frames[kMaxFrames];  // return addresses, leaf first
  uint32_t frame_count;
  bool cut;  // the outermost frames were left away
  Trail trail;
};

// Takes the calling thread's stack as capture_stack does. Most often it is the one that is there already, which costs a few
// instructions a frame. Signal-safe, but for a handler that does the same with the same `stack`.
LOCKWRAP_NEVER_INLINE void update_stack(uintptr_t site, LastStack& stack);

// Fills `frames` with return addresses, leaf first, at most `capacity` (at least 1), and returns how many; the outermost are
// left away (then `cut` is set). The leaf is `site`, the return address of the lock call; if the walk does not meet it, the
// stack is `site` alone. Signal-safe.
LOCKWRAP_NEVER_INLINE size_t capture_stack(uintptr_t site, uintptr_t* frames, size_t capacity, bool& cut);

// The same from the registers of an interrupted place, whose address plus 1 is the leaf, as if it were a return address. 0: nothing is
// known of them.
size_t capture_interrupted(const struct Registers& registers, uintptr_t* frames, size_t capacity);

}  // namespace lockwrap::stack
