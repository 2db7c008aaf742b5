#include "runtime/contention/profile_tables.h"

#include <initializer_list>

#include "runtime/stack/frame_rules.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::contention {

constinit base::BoundedTable<Place> places;
constinit base::BoundedTable<Pair> pairs;
constinit base::BoundedTable<Holder> holders;
constinit base::BoundedTable<Sample> samples;

namespace {

constinit ProcessState unmapped_state;
constinit ProcessState* state = &unmapped_state;

// Shares of the arena, in 1/64. What is left over is lost to rounding.
constexpr size_t kShares = 64;
constexpr size_t kRecordShare = 13;
constexpr size_t kPlaceShare = 10;
constexpr size_t kPairShare = 4;
constexpr size_t kHolderShare = 6;
constexpr size_t kSampleShare = 6;
constexpr size_t kStackShare = 3;
constexpr size_t kFrameShare = 9;
constexpr size_t kNameShare = 1;
constexpr size_t kRuleShare = 1;
constexpr size_t kAddressShare = 1;

constinit AddressSet addresses;

template <class Entry>
bool place_share(base::BoundedTable<Entry>& table, base::Arena& arena, size_t share) {
  // Buckets are a power of two, at most twice the entries.
  return table.place(arena, arena.size() * share / kShares / (sizeof(Entry) + 2 * sizeof(uint32_t)) * 15 / 16);
}

// The largest power of two of `entry_bytes` that a share of the arena holds.
uint32_t slots_of_share(const base::Arena& arena, size_t share, size_t entry_bytes) {
  uint32_t slots = 64;
  while (slots * 2 * entry_bytes <= arena.size() * share / kShares) slots *= 2;
  return slots;
}

void raise_to(std::atomic<uint64_t>& maximum, uint64_t value) {
  uint64_t seen = maximum.load(std::memory_order_relaxed);
  while (seen < value && !maximum.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

void clear(std::atomic<uint64_t>& counter) { counter.store(0, std::memory_order_relaxed); }
void clear(Times& times) {
  clear(times.sum_ns);
  clear(times.max_ns);
  for (auto& bucket : times.histogram) bucket.store(0, std::memory_order_relaxed);
}

}  // namespace

ProcessState& process_state() { return *state; }
Dropped& dropped() { return state->dropped; }
AddressSet report_addresses() { return addresses; }

bool place_tables(base::Arena& arena) {
  auto* mapped = static_cast<ProcessState*>(arena.take(sizeof(ProcessState)));
  if (!mapped) return false;
  state = mapped;
  stack::place_rule_cache(arena, slots_of_share(arena, kRuleShare, 2 * sizeof(uint64_t)));
  const uint32_t address_slots = slots_of_share(arena, kAddressShare, sizeof(uint64_t));
  addresses = {static_cast<uint64_t*>(arena.take(address_slots * sizeof(uint64_t))), address_slots - 1};
  constexpr size_t kStackEntryBytes = 24 + 2 * sizeof(uint32_t) + sizeof(uint64_t);
  return place_share(locks::lock_records, arena, kRecordShare) && place_share(places, arena, kPlaceShare) &&
         place_share(pairs, arena, kPairShare) && place_share(holders, arena, kHolderShare) && place_share(samples, arena, kSampleShare) &&
         place_share(locks::names, arena, kNameShare) &&
         stack::place_stack_table(arena, arena.size() * kStackShare / kShares / kStackEntryBytes * 3 / 4,
                                  arena.size() * kFrameShare / kShares / sizeof(uintptr_t));
}

Place* find_or_make_place(locks::LockRecord& record, uintptr_t site, bool is_reader) {
  Place* place = places.find_or_add(
      base::mix(reinterpret_cast<uintptr_t>(&record) ^ base::mix(site)),
      [&](const Place& known) { return is_place(known, record, site); },
      [&](Place& fresh) {
        fresh.record = &record;
        fresh.site = site;
        fresh.lane = locks::is_event(record.kind) ? 0 : locks::lane_of(record, site);
        fresh.is_reader = is_reader;
      });
  if (place) base::link_once(record.first_place, place->next_of_record, places.index_of(place));
  else dropped().places.fetch_add(1, std::memory_order_relaxed);
  return place;
}

Pair* find_or_make_pair(locks::LockRecord& record, uintptr_t holder_site, uintptr_t waiter_site, bool is_reader) {
  Pair* pair = pairs.find_or_add(
      base::mix(reinterpret_cast<uintptr_t>(&record) ^ base::mix(holder_site ^ base::mix(waiter_site))),
      [&](const Pair& known) { return is_pair(known, record, holder_site, waiter_site); },
      [&](Pair& fresh) {
        fresh.record = &record;
        fresh.holder_site = holder_site;
        fresh.waiter_site = waiter_site;
        fresh.is_reader = is_reader;
      });
  if (pair) base::link_once(record.first_pair, pair->next_of_record, pairs.index_of(pair));
  else dropped().pairs.fetch_add(1, std::memory_order_relaxed);
  return pair;
}

void count_wait(Place& place, uint64_t wait_ns) {
  place.contentions.fetch_add(1, std::memory_order_relaxed);
  add_times(place.waits, wait_ns, 1);
}

void add_times(Times& times, uint64_t ns, uint32_t count) {
  times.sum_ns.fetch_add(ns * count, std::memory_order_relaxed);
  raise_to(times.max_ns, ns);
  uint32_t bucket = ns ? 63u - static_cast<uint32_t>(__builtin_clzll(ns)) : 0;
  if (bucket >= kHistogramBuckets) bucket = kHistogramBuckets - 1;
  constexpr uint32_t kFull = ~uint32_t{0} - (uint32_t{1} << 16);  // what several threads add at once still fits
  if (times.histogram[bucket].load(std::memory_order_relaxed) < kFull) times.histogram[bucket].fetch_add(count, std::memory_order_relaxed);
}

void reset_profile(uint64_t now_ns) {
  places.for_each([](Place& place) {
    clear(place.contentions);
    clear(place.waits);
  });
  pairs.for_each([](Pair& pair) {
    clear(pair.holds);
    clear(pair.blamed_ns);
  });
  holders.for_each([](Holder& holder) {
    clear(holder.count);
    clear(holder.holds);
    clear(holder.looked_ns);
    clear(holder.blocked_ns);
  });
  samples.for_each([](Sample& sample) {
    clear(sample.weight_ns);
    clear(sample.count);
  });
  for (auto* counter : {&dropped().samples, &dropped().locks, &dropped().stacks, &dropped().frames, &dropped().places, &dropped().pairs, &dropped().holders,
                        &dropped().held, &dropped().threads, &dropped().names, &dropped().nested}) {
    clear(*counter);
  }
  process_state().start_ns.store(now_ns, std::memory_order_relaxed);
}

}  // namespace lockwrap::contention
