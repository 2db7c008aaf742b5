// All memory of lockwrap's tables: one anonymous mapping of `memory_limit_mb`, given out once at start, touched on use.
//
// The mapping is wiped by the kernel in a forked child (MADV_WIPEONFORK), however it forked: every table is valid when
// it is all zero, so a child begins with no inherited counts without any handler having run.
// Runs: once at start, and after a fork.
#pragma once

#include <cstddef>

#include "runtime/base/attributes.h"

namespace lockwrap::base {

class Arena {
 public:
  // Maps `bytes`, rounded up to pages. False when the kernel refuses; the arena is then empty and take() gives null.
  bool reserve(size_t bytes);

  // The next `bytes`, aligned to 64, all zero; null when the arena is exhausted. Start only, one thread.
  void* take(size_t bytes);

  // Makes all memory zero again: for a kernel or emulator that knows no MADV_WIPEONFORK. Forked child only.
  void wipe();

  size_t size() const { return size_; }
  size_t left() const { return size_ - used_; }

 private:
  char* memory_ = nullptr;
  size_t size_ = 0;
  size_t used_ = 0;
};

// An anonymous mapping that a forked child finds zeroed; null when refused. Never unmapped.
void* map_wiped_on_fork(size_t bytes);

}  // namespace lockwrap::base
