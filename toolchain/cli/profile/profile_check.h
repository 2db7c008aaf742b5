// Looks for references into nowhere in a profile that was just read, so that no later code has to.
#pragma once

#include <string>

#include "profile/profile.h"

namespace lockwrap::cli {

// "" when every string index, location, mapping and function id exists, ids are unique and every sample has a value a
// sample type; else what is wrong, as a short phrase.
std::string find_inconsistency(const Profile &profile);

}  // namespace lockwrap::cli
