// The search for circles in the graph of lock orders that new evidence closes, and whether a circle can be a deadlock.
// Runs: when there is new evidence.
#pragma once

#include "runtime/deadlock/order_graph.h"

namespace lockwrap::deadlock {

// Looks for circles through `edge`, between these locks, with the new evidence, and tells the first one. While a lock is being taken only so many edges
// are looked at; the rest is put off.
void search_from(Edge& edge, const Node& from, const Node& to, const Evidence& fresh, TellCycle tell);

// Whether the two threads can be where this evidence was seen at the same time. Of the same thread: `takes_weak`.
bool can_meet(const Evidence& one, const Evidence& other, bool takes_weak);
// The thread that waits for the lock is kept out by the one that has it: not by a reader, if it reads itself, unless a writer that waits
// in between may stop readers.
bool blocks(const Node& lock, bool waiter_reads, bool holder_reads);

void forget_order_searches();

// Of the graph, for the search.
base::BoundedTable<Edge>& all_edges();
uint32_t copy_evidence(const Edge& edge, Evidence (&copies)[kMostEvidence]);
void copy_plain(const Evidence& from, Evidence& to);

}  // namespace lockwrap::deadlock
