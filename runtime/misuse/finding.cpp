#include "runtime/misuse/finding.h"

namespace lockwrap::misuse {

namespace {

constinit base::ToldPlaces told_places;
constinit base::FindingCounts all;

uint64_t place_of(Misuse kind, uintptr_t site, uintptr_t owner_site) {
  return base::mix(base::mix(site + static_cast<uint64_t>(kind)) + owner_site);
}

}  // namespace

base::FindingCounts& counts() { return all; }

bool is_new(const Finding& finding) {
  // Who waits for a lock of an ended thread has told that the thread ended with it.
  if (finding.kind == Misuse::kOwnerGone) told_places.is_first(place_of(Misuse::kHeldAtEnd, 0, finding.owner_site));
  return all.count(told_places.is_first(place_of(finding.kind, finding.site, finding.owner_site)));
}

}  // namespace lockwrap::misuse
