// Stacks, each kept once and known by a number.
// Runs: after a contended release, and when a report is written.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/bounded_table.h"

namespace lockwrap::stack {

// Takes room for `stacks` stacks with `frames` frames together.
LOCKWRAP_COLD bool place_stack_table(base::Arena& arena, size_t stacks, size_t frames);

// The number of a stack, 0 when there is no more room (counted by the caller). Thread-safe and signal-safe.
uint32_t intern_stack(const uintptr_t* frames, size_t count);

struct StackView {
  const uintptr_t* frames;  // return addresses, leaf first
  size_t count;
};
// The stack of a number; empty for 0 and for numbers that were never given.
StackView stack_of(uint32_t stack);
uint32_t stacks_used();

// Marks a stack; whether it had none. For the report in progress, which writes each stack once: marks belong to it alone.
LOCKWRAP_COLD bool mark_stack(uint32_t stack);
LOCKWRAP_COLD void clear_stack_marks();

}  // namespace lockwrap::stack
