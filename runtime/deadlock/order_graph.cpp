#include "runtime/deadlock/order_graph.h"

#include "runtime/base/options.h"
#include "runtime/deadlock/order_classes.h"
#include "runtime/deadlock/order_search.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::deadlock {

namespace {

constinit base::BoundedTable<Edge> edges;
constinit base::BoundedTable<Evidence> evidence_table;
constinit OrderCounts counts;

void count(std::atomic<uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }

uint32_t index_of(const Node& node) { return locks::lock_records.index_of(node.record); }

// Edges are few in a thread's way, and held for microseconds.
class EdgeTurn {
 public:
  explicit EdgeTurn(Edge& edge) : edge_(edge) {
    for (int attempt = 0; attempt < 1000 && !has_it_; ++attempt) has_it_ = !edge.taken.exchange(true, std::memory_order_acquire);
  }
  ~EdgeTurn() {
    if (has_it_) edge_.taken.store(false, std::memory_order_release);  // pairs with the exchange above
  }
  EdgeTurn(const EdgeTurn&) = delete;
  EdgeTurn& operator=(const EdgeTurn&) = delete;
  bool has_it() const { return has_it_; }

 private:
  Edge& edge_;
  bool has_it_ = false;
};

Edge* find_or_make_edge(const Node& from, const Node& to) {
  const uint64_t hash = base::mix((uint64_t{index_of(from)} << 32) | index_of(to));
  Edge* edge = edges.find_or_add(
      hash, [&](const Edge& known) { return known.from.record == from.record && known.to.record == to.record; },
      [&](Edge& fresh) {
        fresh.from = from;
        fresh.to = to;
      });
  if (edge) base::link_once(from.record->first_edge, edge->next_of_record, edges.index_of(edge));
  return edge;
}

// The numbers of a set of held locks, whose order does not matter.
uint32_t intern_held(const HeldNode* held, size_t held_count) {
  uintptr_t numbers[kMostHeldNodes];
  for (size_t i = 0; i < held_count; ++i) {
    const uintptr_t number = uintptr_t{index_of(held[i].node)} * 2 + held[i].is_reader;
    size_t at = i;
    for (; at > 0 && numbers[at - 1] > number; --at) numbers[at] = numbers[at - 1];
    numbers[at] = number;
  }
  return stack::intern_stack(numbers, held_count);
}

bool contains(const stack::StackView& set, uintptr_t number) {
  for (size_t i = 0; i < set.count; ++i) {
    if (set.frames[i] == number) return true;
  }
  return false;
}

// Whether the locks of the one set are all in the other.
bool is_within(uint32_t inner, uint32_t outer) {
  if (inner == outer) return true;
  const stack::StackView small = stack::stack_of(inner), large = stack::stack_of(outer);
  for (size_t i = 0; i < small.count; ++i) {
    if (!contains(large, small.frames[i])) return false;
  }
  return true;
}

// Nothing new: the same thread has given evidence that excludes no more, and has created no thread since.
bool says_as_much(const Evidence& known, const Evidence& fresh) {
  return known.thread == fresh.thread && known.created == fresh.created && known.reads_from == fresh.reads_from && known.reads_to == fresh.reads_to &&
         is_within(known.held, fresh.held);
}

// Its thread was joined: what comes from now on cannot meet it.
bool is_over(const Evidence& evidence) {
  const Life* life = find_life(evidence.thread);
  return !life || life->joined_at.load(std::memory_order_relaxed);
}

// The entry that `fresh` was put into; null: it says nothing new, or there is no room. The edge is the caller's.
Evidence* put(Edge& edge, const Evidence& fresh) {
  std::atomic<uint32_t>* link = &edge.first_evidence;
  uint32_t kept = 0;
  Evidence* place = nullptr;
  for (Evidence* known; (known = evidence_table.at(link->load(std::memory_order_relaxed))); link = &known->next_of_edge, ++kept) {
    if (!known->thread) {
      if (!place) place = known;
    } else if (says_as_much(*known, fresh)) {
      return nullptr;
    } else if (!place && (says_as_much(fresh, *known) || is_over(*known))) {
      place = known;
    }
  }
  if (!place && kept < kMostEvidence) {
    const uint64_t anywhere = base::mix(reinterpret_cast<uintptr_t>(&edge) + kept);  // it is found by its edge only
    place = evidence_table.find_or_add(anywhere, [](const Evidence&) { return false; }, [](Evidence&) {});
    if (place) link->store(evidence_table.index_of(place), std::memory_order_release);
  }
  if (!place) {
    count(counts.evidence);
    return nullptr;
  }
  copy_plain(fresh, *place);
  return place;
}

}  // namespace

OrderCounts& order_counts() { return counts; }

Node node_of(locks::LockRecord& record) { return {&record, record.generation.load(std::memory_order_relaxed)}; }

bool place_orders(base::Arena& arena, size_t edge_bytes, size_t evidence_bytes) {
  return edges.place(arena, edge_bytes / base::BoundedTable<Edge>::kBytesPerEntry * 15 / 16) &&
         evidence_table.place(arena, evidence_bytes / base::BoundedTable<Evidence>::kBytesPerEntry * 15 / 16);
}

uint32_t copy_evidence(const Edge& edge, Evidence (&copies)[kMostEvidence]) {
  EdgeTurn turn(const_cast<Edge&>(edge));
  if (!turn.has_it()) return 0;
  uint32_t copied = 0;
  uint32_t index = edge.first_evidence.load(std::memory_order_acquire);
  for (const Evidence* known; copied < kMostEvidence && (known = evidence_table.at(index)); index = known->next_of_edge.load(std::memory_order_relaxed)) {
    if (!known->thread) continue;
    copy_plain(*known, copies[copied++]);
  }
  return copied;
}

void copy_plain(const Evidence& from, Evidence& to) {
  to.thread = from.thread;
  to.time = from.time;
  to.created = from.created;
  to.barrier = from.barrier;
  to.phase = from.phase;
  to.stack = from.stack;
  to.from_stack = from.from_stack;
  to.held = from.held;
  to.reads_from = from.reads_from;
  to.reads_to = from.reads_to;
  to.from_site = from.from_site;
  to.to_site = from.to_site;
}

base::BoundedTable<Edge>& all_edges() { return edges; }

void add_orders(locks::ThreadRecord& thread, const HeldNode* held, size_t held_count, const HeldNode& to, uint32_t stack, TellCycle tell) {
  Life* life = own_life(thread);
  const uint32_t held_set = intern_held(held, held_count);
  if (!life || !held_set) return count(counts.evidence);
  const uint32_t time = next_time();
  for (size_t i = 0; i < held_count; ++i) {
    Edge* edge = find_or_make_edge(held[i].node, to.node);
    if (!edge) {
      count(counts.edges);
      continue;
    }
    Evidence fresh{};
    fresh.thread = thread.serial;
    fresh.time = time;
    fresh.created = threads_created();
    fresh.barrier = thread.barrier;
    fresh.phase = thread.barrier_phase;
    fresh.stack = stack;
    fresh.from_stack = held[i].stack;
    fresh.held = held_set;
    fresh.reads_from = held[i].is_reader;
    fresh.reads_to = to.is_reader;
    fresh.from_site = held[i].site;
    fresh.to_site = to.site;
    bool is_new = false;
    {
      EdgeTurn turn(*edge);
      if (!turn.has_it()) {
        count(counts.evidence);
        continue;
      }
      if (edge->from != held[i].node || edge->to != to.node) {  // of locks that stood there before
        uint32_t index = edge->first_evidence.load(std::memory_order_relaxed);
        for (Evidence* old; (old = evidence_table.at(index)); index = old->next_of_edge.load(std::memory_order_relaxed)) old->thread = 0;
        edge->from = held[i].node;
        edge->to = to.node;
      }
      is_new = put(*edge, fresh) != nullptr;
    }
    if (!is_new) continue;
    search_from(*edge, held[i].node, to.node, fresh, tell);
    if (base::options.lock_order == 2) add_class_order(held[i].node, to.node, fresh, tell);
  }
}

}  // namespace lockwrap::deadlock
