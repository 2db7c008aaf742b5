// Who waited, and who made others wait, by thread name.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "profile/lock_profile.h"

namespace lockwrap::cli {

struct ThreadTotal {
  std::string name;       // "" for threads whose name is not known
  int64_t wait_ns = 0;
  int64_t blamed_ns = 0;  // what others waited while it held
};

// The longest waits first, then by name. From samples, which carry the name of one thread each: right on average, unlike the exact totals
// of locks and places.
std::vector<ThreadTotal> thread_totals(const LockProfile &profile);

}  // namespace lockwrap::cli
