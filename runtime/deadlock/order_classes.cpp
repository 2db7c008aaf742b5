#include "runtime/deadlock/order_classes.h"

#include "runtime/deadlock/order_search.h"

namespace lockwrap::deadlock {

namespace {

// The first two threads that used an order: most often one of them can meet whoever uses the other one.
constexpr uint32_t kMostWitnesses = 2;

struct ClassOrder : base::TableEntry {
  uintptr_t from_class;
  uintptr_t to_class;
  uint32_t witness;
  Node from;
  Node to;
  Evidence evidence;
};
constinit base::BoundedTable<ClassOrder> class_orders;

// 0 of a lock that was made without a call: where it was first used is chance when two places race to it, and then tells of orders between
// locks that are all of one kind.
uintptr_t class_of(const locks::LockRecord& record) { return record.created; }

uint64_t hash_of(uintptr_t from, uintptr_t to, uint32_t witness) { return base::mix(base::mix(from) + to + witness); }

const ClassOrder* find(uintptr_t from, uintptr_t to, uint32_t witness) {
  return class_orders.find(hash_of(from, to, witness), [&](const ClassOrder& known) {
    return known.from_class == from && known.to_class == to && known.witness == witness;
  });
}

void add(uintptr_t from_class, uintptr_t to_class, const Node& from, const Node& to, const Evidence& evidence) {
  for (uint32_t witness = 0; witness < kMostWitnesses; ++witness) {
    const ClassOrder* known = find(from_class, to_class, witness);
    if (known && known->evidence.thread == evidence.thread) return;
    if (known) continue;
    const ClassOrder* added = class_orders.find_or_add(
        hash_of(from_class, to_class, witness), [](const ClassOrder&) { return false; },
        [&](ClassOrder& fresh) {
          fresh.from_class = from_class;
          fresh.to_class = to_class;
          fresh.witness = witness;
          fresh.from = from;
          fresh.to = to;
          copy_plain(evidence, fresh.evidence);
        });
    if (!added) order_counts().evidence.fetch_add(1, std::memory_order_relaxed);
    return;
  }
}

}  // namespace

bool place_order_classes(base::Arena& arena, size_t bytes) {
  return class_orders.place(arena, bytes / base::BoundedTable<ClassOrder>::kBytesPerEntry * 15 / 16);
}

void add_class_order(const Node& from, const Node& to, const Evidence& fresh, TellCycle tell) {
  const uintptr_t from_class = class_of(*from.record), to_class = class_of(*to.record);
  if (!from_class || !to_class || from_class == to_class) return;
  for (uint32_t witness = 0; witness < kMostWitnesses; ++witness) {
    const ClassOrder* other = find(to_class, from_class, witness);
    if (!other) break;
    const Evidence& evidence = other->evidence;
    if (other->from == to && other->to == from) continue;  // the graph of the locks themselves knows better
    if (!blocks(to, fresh.reads_to, evidence.reads_from) || !blocks(from, evidence.reads_to, fresh.reads_from)) continue;
    if (!can_meet(fresh, evidence, false)) continue;
    OrderCycle cycle{};
    cycle.count = 2;
    cycle.is_of_classes = true;
    cycle.steps[0].from = from;
    cycle.steps[0].to = to;
    copy_plain(fresh, cycle.steps[0].evidence);
    cycle.steps[1].from = other->from;
    cycle.steps[1].to = other->to;
    copy_plain(evidence, cycle.steps[1].evidence);
    tell(cycle);
    break;
  }
  add(from_class, to_class, from, to, fresh);
}

}  // namespace lockwrap::deadlock
