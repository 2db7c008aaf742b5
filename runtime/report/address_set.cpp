#include "runtime/report/address_set.h"

#include <string.h>

namespace lockwrap::report {

namespace {
constinit uint64_t refused;
// Longer searches mean that the set is as good as full.
constexpr uint32_t kLongestSearch = 64;
}  // namespace

void clear_addresses() {
  const contention::AddressSet set = contention::report_addresses();
  if (set.slots) memset(set.slots, 0, (set.mask + 1) * sizeof *set.slots);
  refused = 0;
}

uint64_t add_address(uint64_t address) {
  const contention::AddressSet set = contention::report_addresses();
  if (!set.slots || !address) return 0;
  const uint64_t start = base::mix(address);
  for (uint32_t i = 0; i < kLongestSearch; ++i) {
    uint64_t& slot = set.slots[(start + i) & set.mask];
    if (slot == address) return address;
    if (!slot) return slot = address;
  }
  ++refused;
  return 0;
}

uint64_t addresses_refused() { return refused; }

}  // namespace lockwrap::report
