// A finding is told once a place, and a full table of places tells no more, and counts.
#include "runtime/misuse/finding.h"

#include <doctest/doctest.h>

using namespace lockwrap::misuse;

namespace {

Finding finding_at(Misuse kind, uintptr_t site, uintptr_t owner_site) {
  Finding finding;
  finding.kind = kind;
  finding.site = site;
  finding.owner_site = owner_site;
  return finding;
}

}  // namespace

TEST_CASE("findings are told once a place until there is no room for places") {
  CHECK_FALSE(static_cast<bool>(Finding()));
  CHECK(is_new(finding_at(Misuse::kRelock, 1, 2)));
  CHECK_FALSE(is_new(finding_at(Misuse::kRelock, 1, 2)));
  CHECK(is_new(finding_at(Misuse::kRelock, 1, 3)));
  CHECK(is_new(finding_at(Misuse::kUnlockOfFree, 1, 2)));
  CHECK(counts().found == 4);
  CHECK(counts().untold == 1);
  int told = 3;
  for (uintptr_t site = 10; site < 1000; ++site) told += is_new(finding_at(Misuse::kRelock, site, site));
  CHECK(told == 256);
  CHECK_FALSE(is_new(finding_at(Misuse::kRelock, 2000, 2)));
  CHECK(counts().found == 995);
  CHECK(counts().untold == 995 - 256);
}
