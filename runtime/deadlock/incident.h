// What becomes of a deadlock that was found: told once by one of its threads, and ended, if that is wanted, by one that gives up.
// Runs: when a deadlock was found, in a thread of it.
#pragma once

#include "runtime/base/told_places.h"
#include "runtime/deadlock/order_graph.h"
#include "runtime/deadlock/waits_for.h"

namespace lockwrap::deadlock {

// Of actual deadlocks, each once, whoever of its threads found it; and of possible ones.
base::FindingCounts& counts();
base::FindingCounts& counts_of_orders();
base::FindingCounts& counts_of_stuck();

// Counts a wait that has taken too long, for the n-th time. True: nobody has told that of this lock, these places and this holder.
bool is_new(Search& waiter_and_holders, uint64_t waited_ns);

// Counts a circle of lock orders. True: it is the first one at its places, and is to be told.
bool is_new(const OrderCycle& cycle);

// Whether the deadlock that the calling thread is in has been counted by another thread of it. Else it counts as such from now on.
bool is_known(Search& cycle);
// Counts the deadlock. True: it is the first one at its places, and is to be told. A ring of threads that wait and hold at the same two
// places is the same one for any number of threads.
bool is_new(Search& cycle);

// The link that gives up: the one that has given up least often, of those the one that began to wait last, so that the same threads
// meeting again and again all get on. Every thread of the cycle finds the same one. Null: nobody can.
Link* choose_victim(Search& cycle, const locks::ThreadRecord* may_give_up_now);

}  // namespace lockwrap::deadlock
