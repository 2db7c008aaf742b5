// Functions with frames of all shapes that compilers make, which call each other and note where they will return to: the truth
// that a stack walk is compared with.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/stack/walk.h"

constexpr size_t kMostNoted = 2000;

// The return addresses of the functions that are running, outermost first.
extern uintptr_t noted[kMostNoted];
extern size_t noted_count;

struct Captured {
  uintptr_t frames[300];
  size_t count;
  bool cut;
  // If set, taken by update_stack just before, from the same place.
  lockwrap::stack::LastStack* remembered = nullptr;
  bool compared = false;  // the second of two such updates did not walk
};

// One bit pattern a level, outermost first, names the shape of its frame; `depth` levels, then capture_stack with `capacity`.
constexpr unsigned kShapes = 8;
extern "C" int run_shapes(const unsigned char* shapes, size_t depth, size_t capacity, Captured& captured);

// The same with functions that never return on the stack, whose calls are their last instructions.
extern "C" int run_to_the_end(size_t capacity, Captured& captured);
