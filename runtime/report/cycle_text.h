// A deadlock as text: one sentence that follows the cycle, then each of its threads: what it waits for, since when and where, and what it
// has locked where.
// Runs: when a deadlock was found.
#pragma once

#include "runtime/base/text.h"
#include "runtime/deadlock/waits_for.h"

namespace lockwrap::report {

struct CycleFound {
  deadlock::Search& cycle;
  const deadlock::Link* victim;  // that gives up; null: nobody does
};

// `what` is a CycleFound. Signal-safe.
void add_cycle(base::Text& text, const void* what);

}  // namespace lockwrap::report
