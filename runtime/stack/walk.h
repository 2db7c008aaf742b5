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

// Fills `frames` with return addresses, leaf first, at most `capacity` (at least 1), and returns how many; the outermost are
// left away (then `cut` is set). The leaf is `site`, the return address of the lock call; if the walk does not meet it, the
// stack is `site` alone. Signal-safe.
LOCKWRAP_NEVER_INLINE size_t capture_stack(uintptr_t site, uintptr_t* frames, size_t capacity, bool& cut);

}  // namespace lockwrap::stack
