// Looks for references into nowhere in a profile that was just read, so that no later code has to.
#pragma once

#include <string>

#include "profile/profile.h"

namespace lockwrap::cli {

// Sees the samples while they are checked: those of a large profile are not decoded twice.
class SampleVisitor {
 public:
  virtual ~SampleVisitor() = default;
  // Once, before the first one. All but the samples has been checked.
  virtual void start(const Profile &profile) = 0;
  // Each, in the order of the file, as long as all were consistent.
  virtual void see(const Profile &profile, const Sample &sample) = 0;
};

// "" when every string index, location, mapping and function id exists, ids are unique and every sample has a value a
// sample type; else what is wrong, as a short phrase. `visitor` may be null.
std::string find_inconsistency(const Profile &profile, SampleVisitor *visitor);

}  // namespace lockwrap::cli
