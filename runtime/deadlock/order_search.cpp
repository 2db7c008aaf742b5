#include "runtime/deadlock/order_search.h"

#include "runtime/base/options.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::deadlock {

namespace {

constexpr uint32_t kEdgesWhileTaking = 2'000;   // looked at while a lock is being taken: some 20 us
constexpr uint32_t kEdgesWhileWaiting = 200'000;
constexpr uint32_t kMostReached = 4096;         // locks behind a new edge
constexpr uint32_t kMostPutOff = 64;            // further searches are dropped, and counted

// One thread searches at a time: the marks in the records and all this are its own.
constinit std::atomic<bool> searching;
constinit uint32_t search_number;
constinit locks::LockRecord* reached[kMostReached];

// A search for whoever searches next. Filled in by one thread, done by another one.
struct PutOff {
  enum : uint32_t { kFree, kBeingFilled, kReady };
  std::atomic<uint32_t> state;
  Edge* edge;
  Node from;  // of the edge, when there was this evidence
  Node to;
  Evidence fresh;
};
constinit PutOff put_off[kMostPutOff]{};

void put_off_search(Edge& edge, const Node& from, const Node& to, const Evidence& fresh) {
  for (PutOff& later : put_off) {
    uint32_t state = PutOff::kFree;
    if (!later.state.compare_exchange_strong(state, PutOff::kBeingFilled, std::memory_order_acquire)) continue;
    later.edge = &edge;
    later.from = from;
    later.to = to;
    copy_plain(fresh, later.fresh);
    later.state.store(PutOff::kReady, std::memory_order_release);  // pairs with do_put_off
    return;
  }
  order_counts().searches.fetch_add(1, std::memory_order_relaxed);
}

struct Search {
  uint32_t edges_left;
  bool is_cut;
  bool takes_weak;  // circles of one thread, too
  OrderCycle cycle;
};

// Until visit(edge) returns false.
template <class Visit>
void for_each_edge_of(const locks::LockRecord& record, Visit visit) {
  uint32_t index = record.first_edge.load(std::memory_order_acquire);
  while (Edge* edge = all_edges().at(index)) {
    if (!visit(*edge)) return;
    const uint32_t next = edge->next_of_record.load(std::memory_order_relaxed);
    index = next == index ? 0 : next;  // the last one points to itself
  }
}

// Whether a way leads from the one lock to the other. Each lock is looked at once.
bool leads_to(Search& search, const Node& from, const Node& to) {
  ++search_number;
  uint32_t count = 1;
  reached[0] = from.record;
  from.record->search_mark = search_number;
  bool found = false;
  for (uint32_t i = 0; i < count && !found; ++i) {
    for_each_edge_of(*reached[i], [&](Edge& edge) {
      if (found || search.is_cut) return false;
      if (search.edges_left-- == 0 || count == kMostReached) {
        search.edges_left = 0;
        search.is_cut = true;
        return false;
      }
      if (!is_current(edge.from) || !is_current(edge.to)) return true;
      if (edge.to == to) found = true;
      if (edge.to.record->search_mark == search_number) return true;
      edge.to.record->search_mark = search_number;
      reached[count++] = edge.to.record;
      return true;
    });
    if (search.is_cut) return false;
  }
  return found;
}

// Both threads hold a lock that keeps one of them out, unless both only read.
bool exclude_each_other(const Evidence& one, const Evidence& other) {
  const stack::StackView left = stack::stack_of(one.held), right = stack::stack_of(other.held);
  for (size_t i = 0; i < left.count; ++i) {
    for (size_t k = 0; k < right.count; ++k) {
      if (left.frames[i] / 2 == right.frames[k] / 2 && !(left.frames[i] & right.frames[k] & 1)) return true;
    }
  }
  return false;
}

// How often the thread had passed the barrier then; a thread that has come to it since had not passed it yet.
constexpr uint32_t kUnknownPhase = ~0u;
uint32_t phase_of(const Evidence& evidence, const Life& life, uint32_t barrier) {
  if (evidence.barrier == barrier) return evidence.phase;
  return !evidence.barrier && life.barrier.load(std::memory_order_relaxed) == barrier ? 0 : kUnknownPhase;
}

bool came_to_a_barrier(const Evidence& evidence, const Life& life) { return evidence.barrier || life.barrier.load(std::memory_order_relaxed); }

// Threads that passed the same barrier between; or that each came to one, and it is not known which of them have both passed.
bool are_of_two_phases(const Evidence& one, const Life& one_life, const Evidence& other, const Life& other_life) {
  const uint32_t barrier = one.barrier ? one.barrier : other.barrier;
  if (!barrier) return false;
  const uint32_t phase = phase_of(one, one_life, barrier), other_phase = phase_of(other, other_life, barrier);
  if (phase == kUnknownPhase || other_phase == kUnknownPhase) return came_to_a_barrier(one, one_life) && came_to_a_barrier(other, other_life);
  return phase != other_phase;
}

}  // namespace

bool can_meet(const Evidence& one, const Evidence& other, bool takes_weak) {
  if (one.thread == other.thread) return takes_weak;
  const Life* one_life = find_life(one.thread);
  const Life* other_life = find_life(other.thread);
  return one_life && other_life && may_be_parallel(*one_life, one.time, *other_life, other.time) && !are_of_two_phases(one, *one_life, other, *other_life) &&
         !exclude_each_other(one, other);
}

bool blocks(const Node& lock, bool waiter_reads, bool holder_reads) {
  return !waiter_reads || !holder_reads || lock.record->prefers_writers.load(std::memory_order_relaxed);
}

namespace {

// Adds the edge with one of its pieces of evidence that fit all steps so far; `is_last`: it must fit the first step, too.
template <class GoOn>
bool try_edge(Search& search, Edge& edge, bool is_last, GoOn go_on) {
  OrderCycle& cycle = search.cycle;
  Evidence copies[kMostEvidence];
  const uint32_t count = copy_evidence(edge, copies);
  const OrderStep& before = cycle.steps[cycle.count - 1];
  for (uint32_t i = 0; i < count; ++i) {
    const Evidence& evidence = copies[i];
    if (!blocks(edge.from, before.evidence.reads_to, evidence.reads_from)) continue;
    if (is_last && !blocks(edge.to, evidence.reads_to, cycle.steps[0].evidence.reads_from)) continue;
    bool fits = true;
    for (uint32_t step = 0; step < cycle.count && fits; ++step) fits = can_meet(cycle.steps[step].evidence, evidence, search.takes_weak);
    if (!fits) continue;
    OrderStep& step = cycle.steps[cycle.count++];
    step.from = edge.from;
    step.to = edge.to;
    copy_plain(evidence, step.evidence);
    if (go_on()) return true;
    --cycle.count;
  }
  return false;
}

bool is_on_the_way(const OrderCycle& cycle, const Node& lock) {
  for (uint32_t i = 0; i < cycle.count; ++i) {
    if (cycle.steps[i].from == lock || cycle.steps[i].to == lock) return true;
  }
  return false;
}

// From the last step's lock on, by all ways, back to the first step's.
bool close_circle(Search& search) {
  OrderCycle& cycle = search.cycle;
  const Node at = cycle.steps[cycle.count - 1].to;
  const Node goal = cycle.steps[0].from;
  bool closed = false;
  for_each_edge_of(*at.record, [&](Edge& edge) {
    if (closed) return false;
    if (edge.from != at || !is_current(edge.to)) return true;
    if (search.edges_left == 0) {
      search.is_cut = true;
      return false;
    }
    --search.edges_left;
    if (edge.to == goal) {
      closed = try_edge(search, edge, true, [] { return true; });
    } else if (cycle.count + 1 < kMostSteps && edge.to.record->search_mark == search_number && !is_on_the_way(cycle, edge.to)) {
      closed = try_edge(search, edge, false, [&] { return close_circle(search); });
    }
    return true;
  });
  return closed;
}

bool is_of_one_thread(const OrderCycle& cycle) {
  for (uint32_t i = 1; i < cycle.count; ++i) {
    if (cycle.steps[i].evidence.thread != cycle.steps[0].evidence.thread) return false;
  }
  return true;
}

// `edges_left`: how many may be looked at, and are left afterwards. False: cut short.
bool search_one(Edge& edge, const Node& from, const Node& to, const Evidence& fresh, uint32_t& edges_left, TellCycle tell) {
  static constinit Search search{};
  search.edges_left = edges_left;
  search.is_cut = false;
  search.takes_weak = base::options.lock_order == 2;
  search.cycle.count = 1;
  OrderStep& first = search.cycle.steps[0];
  first.from = from;
  first.to = to;
  copy_plain(fresh, first.evidence);
  if (edge.from != from || edge.to != to || !is_current(from) || !is_current(to)) return true;  // other locks stand there now
  const bool found = leads_to(search, to, from) && close_circle(search);
  edges_left = search.edges_left;
  if (!found) return !search.is_cut;
  search.cycle.is_weak = is_of_one_thread(search.cycle);
  tell(search.cycle);
  return true;
}

class SearchTurn {
 public:
  SearchTurn() : has_it_(!searching.exchange(true, std::memory_order_acquire)) {}
  ~SearchTurn() {
    if (has_it_) searching.store(false, std::memory_order_release);  // pairs with the exchange above
  }
  SearchTurn(const SearchTurn&) = delete;
  SearchTurn& operator=(const SearchTurn&) = delete;
  bool has_it() const { return has_it_; }

 private:
  bool has_it_;
};

}  // namespace

namespace {

// By the thread whose turn it is, until so many edges have been looked at. `is_last_try`: what cannot be done then is dropped.
void do_put_off(uint32_t edges_left, bool is_last_try, TellCycle tell) {
  for (PutOff& later : put_off) {
    if (!is_last_try && edges_left == 0) return;
    if (later.state.load(std::memory_order_acquire) != PutOff::kReady) continue;
    uint32_t most = is_last_try ? kEdgesWhileWaiting : edges_left;
    const bool is_done = search_one(*later.edge, later.from, later.to, later.fresh, most, tell);
    if (!is_last_try) edges_left = most;
    if (!is_done && !is_last_try) continue;
    if (!is_done) order_counts().searches.fetch_add(1, std::memory_order_relaxed);
    later.state.store(PutOff::kFree, std::memory_order_release);
  }
}

}  // namespace

void forget_order_searches() {
  for (PutOff& later : put_off) later.state.store(PutOff::kFree, std::memory_order_relaxed);
  searching.store(false, std::memory_order_relaxed);
}

void search_from(Edge& edge, const Node& from, const Node& to, const Evidence& fresh, TellCycle tell) {
  const SearchTurn turn;
  uint32_t edges_left = kEdgesWhileTaking;
  if (!turn.has_it() || !search_one(edge, from, to, fresh, edges_left, tell)) return put_off_search(edge, from, to, fresh);
  do_put_off(edges_left / 4, false, tell);
}

void search_later(TellCycle tell) {
  const SearchTurn turn;
  if (turn.has_it()) do_put_off(0, true, tell);
}

}  // namespace lockwrap::deadlock
