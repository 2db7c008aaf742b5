// The search for circles in the graph of lock orders that new evidence closes, and whether a circle can be a deadlock.
// Runs: when there is new evidence.
#pragma once

#include "runtime/deadlock/order_graph.h"

namespace lockwrap::deadlock {

// Looks for circles through `edge`, between these locks, with the new evidence, and tells the first one. While a lock is being taken only so many edges
// are looked at; the rest is put off.
void search_from(Edge& edge, const Node& from, const Node& to, const Evidence& fresh, TellCycle tell);

void forget_order_searches();

// Of the graph, for the search.
base::BoundedTable<Edge>& all_edges();
uint32_t copy_evidence(const Edge& edge, Evidence (&copies)[kMostEvidence]);
void copy_plain(const Evidence& from, Evidence& to);

}  // namespace lockwrap::deadlock
