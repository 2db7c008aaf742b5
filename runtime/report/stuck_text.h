// A wait that takes too long, as text: who waits for what, who has it since when, and what that thread does.
// Runs: when a wait has taken too long.
#pragma once

#include "runtime/base/text.h"
#include "runtime/deadlock/patience.h"
#include "runtime/deadlock/waits_for.h"

namespace lockwrap::report {

struct StuckFound {
  deadlock::Search& search;  // the waiter, and behind it the holders
  const deadlock::Patience& patience;
};

// `what` is a StuckFound. Signal-safe.
void add_stuck(base::Text& text, const void* what);

// `what` is a deadlock::LateWorker. Signal-safe.
void add_late_worker(base::Text& text, const void* what);

// All threads that wait, or hold a lock that is waited for: who waits for whom. Signal-safe.
void add_waits(base::Text& text);

}  // namespace lockwrap::report
