// Which file an address of code comes from: the executable, and in a dynamic program the shared libraries mapped now.
// Runs: when a profile is written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::report {

struct Mapping {
  uintptr_t start;
  uintptr_t end;
  uint64_t file_offset;
  char path[256];
};

constexpr size_t kMaxMappings = 48;  // locations in further libraries have no mapping

// Fills in the executable first, then what /proc/self/maps tells of libraries; without /proc only the executable.
// Returns how many. One caller at a time; signal-safe.
size_t collect_mappings(Mapping (&mappings)[kMaxMappings]);

}  // namespace lockwrap::report
