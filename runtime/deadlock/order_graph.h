// Which lock was taken while which other one was held: a graph of locks, with the evidence for each edge. A circle whose edges come from
// threads that can be in it at the same time is a possible deadlock (Goodlock: K. Havelund, "Using runtime analysis to guide model
// checking of Java programs", 2000; with the guards, modes and thread segments of S. Bensalem and K. Havelund, 2005).
//
// A node is a lock as it was initialised: the identity of its record, with the generation. An edge whose locks have been made again
// is used anew.
// Runs: when a thread takes a lock after others in an order that it has not used before.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/arena.h"
#include "runtime/deadlock/thread_lives.h"
#include "runtime/locks/lock_record.h"

namespace lockwrap::deadlock {

// A lock in the graph.
struct Node {
  locks::LockRecord* record;
  uint32_t generation;
  bool operator==(const Node&) const = default;
};
Node node_of(locks::LockRecord& record);
inline bool is_current(const Node& node) { return node.record && node_of(*node.record) == node; }

// One thread took `to` while it held `from` and others.
struct Evidence : base::TableEntry {
  std::atomic<uint32_t> next_of_edge;  // index, 0: the last one
  uint32_t thread;                     // serial number of its life; 0: free
  uint32_t time;
  uint32_t created;     // how many threads it had created before
  uint32_t barrier;     // that the thread had passed last, and how often
  uint32_t phase;
  uint32_t stack;       // of the call that took `to`
  uint32_t from_stack;  // of the call that took `from`; 0: not known (hold_stacks)
  uint32_t held;        // all locks that were held, as a number of the stack table: node index * 2, + 1 for a reader
  bool reads_from;
  bool reads_to;
  uintptr_t from_site;  // of the call that took `from`
  uintptr_t to_site;
};
constexpr uint32_t kMostEvidence = 6;  // of one edge; further ones are not kept, and counted

struct Edge : base::TableEntry {
  std::atomic<bool> taken;  // by a thread that changes or reads the evidence
  std::atomic<uint32_t> next_of_record;  // further edges from the same record
  Node from;
  Node to;
  std::atomic<uint32_t> first_evidence;
};

// A lock that the thread holds, at the time of new evidence.
struct HeldNode {
  Node node;
  uintptr_t site;
  bool is_reader;
  uint32_t stack;  // of the call that took it, 0: not known
};
constexpr size_t kMostHeldNodes = 127;  // what a thread does that holds more is no evidence, and is counted

// What was not kept, or not looked at.
struct OrderCounts {
  std::atomic<uint64_t> edges;
  std::atomic<uint64_t> evidence;
  std::atomic<uint64_t> searches;
};
OrderCounts& order_counts();

bool place_orders(base::Arena& arena, size_t edge_bytes, size_t evidence_bytes);

// A way of the graph that comes back, with one piece of evidence for each edge.
struct OrderStep {
  Node from;
  Node to;
  Evidence evidence;  // a copy
};
constexpr size_t kMostSteps = 8;
struct OrderCycle {
  OrderStep steps[kMostSteps];
  uint32_t count;
  bool is_weak;        // all of one thread
  bool is_of_classes;  // the steps are of different locks of the same classes (order_classes.h)
};

// Adds that the calling thread takes `to`, with all of `held` held. `stack`: of the taking call. Calls tell(cycle) for each circle that the
// new evidence closes; at most one for each of `held`. Bounded: what a search does not reach in time is put off.
using TellCycle = void (*)(const OrderCycle& cycle);
void add_orders(locks::ThreadRecord& thread, const HeldNode* held, size_t count, const HeldNode& to, uint32_t stack, TellCycle tell);

// Searches that were put off; by a thread that waits anyway.
void search_later(TellCycle tell);

}  // namespace lockwrap::deadlock
