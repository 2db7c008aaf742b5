#include "runtime/deadlock/incident.h"

namespace lockwrap::deadlock {

namespace {

constinit base::ToldPlaces told_places;
constinit base::FindingCounts all;
constinit base::ToldPlaces told_orders;
constinit base::FindingCounts all_orders;
constinit base::ToldPlaces told_stuck;
constinit base::FindingCounts all_stuck;

uint32_t times_given_up(const Link& link) { return link.thread->gave_up.load(std::memory_order_relaxed); }

bool gives_up_before(const Link& left, const Link& right) {
  if (times_given_up(left) != times_given_up(right)) return times_given_up(left) < times_given_up(right);
  if (left.wait.since_ns != right.wait.since_ns) return left.wait.since_ns > right.wait.since_ns;
  return left.id > right.id;
}

// From a thread to the next one: where it waits, and where that one took what it waits for.
uint64_t step_of(Search& cycle, size_t i) {
  return base::mix(base::mix(cycle.link(i).wait.site) + cycle.link((i + 1) % cycle.count()).hold_site);
}

}  // namespace

base::FindingCounts& counts() { return all; }

base::FindingCounts& counts_of_orders() { return all_orders; }
base::FindingCounts& counts_of_stuck() { return all_stuck; }

bool is_new(Search& waiter_and_holders, uint64_t waited_ns) {
  const Link& waiter = waiter_and_holders.link(0);
  const uint64_t doubling = 63 - static_cast<uint64_t>(__builtin_clzll(waited_ns | 1));
  uint64_t place = base::mix(base::mix(waiter.wait.lock) + doubling);
  if (waiter_and_holders.count() > 1) place = base::mix(place + waiter_and_holders.link(1).hold_site);
  return all_stuck.count(told_stuck.is_first(place));
}

bool is_new(const OrderCycle& cycle) {
  uint64_t place = cycle.is_of_classes;
  for (uint32_t i = 0; i < cycle.count; ++i) place += base::mix(base::mix(cycle.steps[i].evidence.to_site) + cycle.steps[i].evidence.from_site);
  return all_orders.count(told_orders.is_first(place));
}

bool is_known(Search& cycle) {
  bool known = true;
  for (size_t i = 0; i < cycle.count(); ++i) {
    const Link& link = cycle.link(i);
    known = link.thread->told_wait.exchange(link.wait.sequence, std::memory_order_relaxed) == link.wait.sequence && known;
  }
  return known;
}

bool is_new(Search& cycle) {
  uint64_t place = 0;  // the same from whichever thread it is seen, and however many threads do the same
  for (size_t i = 0; i < cycle.count(); ++i) {
    size_t same = 0;
    while (step_of(cycle, same) != step_of(cycle, i)) ++same;
    if (same == i) place += step_of(cycle, i);
  }
  return all.count(told_places.is_first(place));
}

Link* choose_victim(Search& cycle, const locks::ThreadRecord* may_give_up_now) {
  Link* victim = nullptr;
  for (size_t i = 0; i < cycle.count(); ++i) {
    Link& link = cycle.link(i);
    if (link.wait.can_look && (!victim || gives_up_before(link, *victim))) victim = &link;
  }
  return victim || cycle.link(0).thread != may_give_up_now ? victim : &cycle.link(0);
}

}  // namespace lockwrap::deadlock
