// How to step from a frame to its caller, per program counter, from the executable's .eh_frame: for code that keeps no frame
// pointers. No allocation, no lock, no libgcc; the tables are found through the program headers.
//
// Understood are the rules that compilers emit for ordinary frames (CFA from stack or frame pointer, also of realigned frames).
// Anything else has no rule, and the walk falls back to the frame pointer or ends.
// Rules are kept in a small cache; a slot is two words of which one is xor'ed with the other, so a torn read is a miss and nobody
// waits (Hyatt and Mann, "A lockless transposition-table implementation", 2002).
// Source of the format: Linux Standard Base 5.0, "Exception Frames"; DWARF 4, section 6.4.
// Runs: inside contended calls.
#pragma once

#include <cstdint>

#include "runtime/base/arena.h"

namespace lockwrap::stack {

enum class CallerFramePointer : uint8_t { kSame, kAtCfa, kAtFramePointer };

struct FrameRule {
  bool known = false;         // false: nothing is known about this program counter
  bool outermost = false;     // the frame has no caller
  bool cfa_from_frame_pointer = false;
  bool cfa_dereferenced = false;  // CFA is the word there (realigned frames)
  bool return_in_register = false;  // not saved: only in the innermost frame, on machines with a link register
  CallerFramePointer frame_pointer = CallerFramePointer::kSame;
  int32_t cfa_offset = 0;            // bytes
  int32_t frame_pointer_offset = 0;  // bytes from the CFA, or from the frame pointer
  int32_t return_offset = 0;         // bytes from the CFA
};

// Takes the cache's memory. Without it every rule is read anew.
void place_rule_cache(base::Arena& arena, uint32_t slots);

// The common frame, answered from the cache alone: CFA is the stack pointer plus `cfa_bytes`, the return address lies right below
// it, and the caller's frame pointer is the present one or lies at CFA + `frame_pointer_bytes`.
struct SimpleFrame {
  uintptr_t cfa_bytes;
  intptr_t frame_pointer_bytes;
  bool frame_pointer_saved;
};
// False: ask frame_rule. Signal-safe.
bool simple_frame(uintptr_t pc, SimpleFrame& frame);

// The rule at `pc`, which must lie inside the call instruction (return address minus 1) or be exact. Signal-safe.
FrameRule frame_rule(uintptr_t pc);

}  // namespace lockwrap::stack
