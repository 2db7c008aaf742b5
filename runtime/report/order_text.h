// A possible deadlock as text: the locks, and for each step of the circle which thread took what with what held.
// Runs: when a possible deadlock was found.
#pragma once

#include "runtime/base/text.h"
#include "runtime/deadlock/order_graph.h"

namespace lockwrap::report {

// `what` is a deadlock::OrderCycle. Signal-safe.
void add_order(base::Text& text, const void* what);

}  // namespace lockwrap::report
