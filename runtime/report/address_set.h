// The addresses that a profile's samples mention, each once: they become its locations. Bounded; a refused address is left out
// of its stack and counted.
// Runs: when a profile is written.
#pragma once

#include <cstdint>

#include "runtime/contention/profile_tables.h"

namespace lockwrap::report {

// The call that a return address follows: what a profile has in its place.
inline uint64_t call_at(uintptr_t return_address) { return return_address ? return_address - 1 : 0; }

void clear_addresses();
// The address, or 0 when there is no room for it (or it is 0).
uint64_t add_address(uint64_t address);
uint64_t addresses_refused();

template <class Visit>
void for_each_address(Visit visit) {
  const contention::AddressSet set = contention::report_addresses();
  for (uint32_t i = 0; set.slots && i <= set.mask; ++i) {
    if (set.slots[i]) visit(set.slots[i]);
  }
}

}  // namespace lockwrap::report
