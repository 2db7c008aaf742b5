// Reads one rule out of .eh_frame: finds the function's entry by binary search in .eh_frame_hdr and runs its call frame
// instructions up to the program counter. About a microsecond; frame_rules.h keeps the results.
// Runs: inside contended calls, at the first sight of a program counter.
#pragma once

#include "runtime/stack/frame_rules.h"

namespace lockwrap::stack {

// The rule at `pc`; unknown when the executable has no table, or none for this place, or a malformed or unusual one.
FrameRule read_unwind_table(uintptr_t pc);

}  // namespace lockwrap::stack
