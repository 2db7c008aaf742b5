// What happened between two profiles of one process.
#pragma once

#include <cstdint>
#include <set>

#include "profile/lock_profile.h"

namespace lockwrap::cli {

struct ProfileChange {
  LockProfile profile;
  std::set<uint64_t> bounded_maxima;  // locks whose longest wait is not known: max_wait_ns is what it was at most
};

// Counters of `after` less those of `before`; the longest wait is that of `after` if it is a new one, else what the histogram and all waits
// together allow at most.
// Stacks are sampled and may be apportioned anew, so that a place can end a little below nothing: it is left out. Where `before` is of
// another process, or from before a reset, everything in `after` is new.
ProfileChange change_between(const LockProfile &before, const LockProfile &after);

}  // namespace lockwrap::cli
