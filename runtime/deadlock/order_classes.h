// Orders between classes of locks: those that are initialised by a call in one place. Threads that take two locks of two
// classes in both orders, but never the same two, do no harm; nor do they prove that it cannot be the same two next time (lockdep's view:
// The Linux kernel, Documentation/locking/lockdep-design). So this is weak evidence, looked at with lock_order=2.
// Runs: when there is new evidence of an order.
#pragma once

#include "runtime/deadlock/order_graph.h"

namespace lockwrap::deadlock {

bool place_order_classes(base::Arena& arena, size_t bytes);

// Adds that locks of the two classes were taken in this order, and tells once if others of them were taken the other way around by a thread
// that could meet this one.
void add_class_order(const Node& from, const Node& to, const Evidence& fresh, TellCycle tell);

}  // namespace lockwrap::deadlock
