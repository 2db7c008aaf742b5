#include "runtime/misuse/finding.h"

#include <atomic>
#include <cstddef>

namespace lockwrap::misuse {

namespace {

constexpr size_t kMostPlaces = 256;  // a program with more kinds of misuse has been told enough
constinit std::atomic<uint64_t> told_places[kMostPlaces];
constinit std::atomic<uint64_t> found;
constinit std::atomic<uint64_t> untold;

uint64_t place_of(Misuse kind, uintptr_t site, uintptr_t owner_site) {
  const uint64_t place = base::mix(base::mix(site + static_cast<uint64_t>(kind)) + owner_site);
  return place ? place : 1;
}

bool is_first(uint64_t place) {
  for (size_t probe = 0; probe < kMostPlaces; ++probe) {
    std::atomic<uint64_t>& slot = told_places[(place + probe) % kMostPlaces];
    uint64_t seen = 0;
    if (slot.compare_exchange_strong(seen, place, std::memory_order_relaxed)) return true;
    if (seen == place) return false;
  }
  return false;
}

}  // namespace

Counts counts() { return {found.load(std::memory_order_relaxed), untold.load(std::memory_order_relaxed)}; }

void forget_counts() {
  found.store(0, std::memory_order_relaxed);
  untold.store(0, std::memory_order_relaxed);
}

bool is_new(const Finding& finding) {
  found.fetch_add(1, std::memory_order_relaxed);
  // Who waits for a lock of an ended thread has told that the thread ended with it.
  if (finding.kind == Misuse::kOwnerGone) is_first(place_of(Misuse::kHeldAtEnd, 0, finding.owner_site));
  if (is_first(place_of(finding.kind, finding.site, finding.owner_site))) return true;
  untold.fetch_add(1, std::memory_order_relaxed);
  return false;
}

}  // namespace lockwrap::misuse
