// What happened between two profiles of one process.
#pragma once

#include "profile/lock_profile.h"

namespace lockwrap::cli {

// Counters of `after` less those of `before`; the longest wait is that of `after` if it is a new one, else what the histogram allows at most.
// Stacks are sampled and may be apportioned anew, so that a place can end a little below nothing: it is left out. Where `before` is of
// another process, or from before a reset, everything in `after` is new.
LockProfile change_between(const LockProfile &before, const LockProfile &after);

}  // namespace lockwrap::cli
