#include "runtime/contention/events.h"

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/base/random.h"
#include "runtime/contention/settlement.h"
#include "runtime/stack/walk.h"

namespace lockwrap::contention {

using locks::LockKind;
using locks::LockRecord;
using locks::OuterWait;
using locks::ThreadRecord;

namespace {

// Idle time is sampled this much more thinly than contention.
constexpr uint64_t kThinner = 64;
// The first waits of a place all have their stack taken: their mean is not known yet.
constexpr uint64_t kFirstWaits = 2;

// Objects have records of their own while half of the table is free; beyond, all objects that are waited for at one call share one, so
// that events never take the room of locks.
LockRecord* record_of(uintptr_t address, LockKind kind, uintptr_t site) {
  const locks::LockRef object{address, nullptr, 0, kind};
  if (LockRecord* record = locks::find_record(object)) return record;
  const bool has_room = locks::lock_records.used() < locks::lock_records.capacity() / 2;
  const locks::LockRef call{site, nullptr, 0, kind};
  return locks::find_or_make_record(has_room ? object : call, site);
}

Place* find_place(uintptr_t address, LockKind kind, uintptr_t site) {
  LockRecord* record = record_of(address, kind, site);
  if (record) return find_or_make_place(*record, site, false);
  dropped().locks.fetch_add(1, std::memory_order_relaxed);
  return nullptr;
}

double probability_of(const Place& place) {
  const uint64_t waits = place.contentions.load(std::memory_order_relaxed);
  if (waits < kFirstWaits) return 1;
  const double mean_ns = static_cast<double>(place.waits.sum_ns.load(std::memory_order_relaxed)) / static_cast<double>(waits);
  const double probability = base::one_minus_exp(mean_ns / (static_cast<double>(base::options.sample_us) * 1000.0 * kThinner));
  constexpr double kLeast = 1.0 / 4096;
  return probability < kLeast ? kLeast : probability;
}

bool drawn(ThreadRecord& thread, double probability) {
  const uint64_t random = base::next_random(thread.random_state, base::mix(reinterpret_cast<uintptr_t>(&thread)));
  return static_cast<double>(random >> 11) * 0x1p-53 < probability;
}

}  // namespace

bool begin_event(ThreadRecord& thread, uintptr_t address, LockKind kind, uintptr_t site) {
  if (thread.event.place.load(std::memory_order_relaxed)) return false;  // a handler interrupts a wait
  Place* place = places.at(thread.last_event);
  if (!place || place->site != site || place->record->kind != kind || place->record->address.load(std::memory_order_relaxed) != address) {
    place = find_place(address, kind, site);
    if (!place) return false;
    thread.last_event = places.index_of(place);
    __atomic_store_n(locks::waited_for_at(address), 1, __ATOMIC_RELAXED);
  }
  place->record->pulse.arrive();
  OuterWait& wait = thread.event;
  wait.probability = probability_of(*place);
  wait.stack = 0;
  if (drawn(thread, wait.probability)) {
    make_room_for_frames(thread);
    stack::update_stack(site, thread.stack);
    wait.stack = intern_last_stack(thread);
  }
  wait.since_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
  wait.place.store(places.index_of(place), std::memory_order_release);
  return true;
}

void end_event(ThreadRecord& thread) {
  OuterWait& wait = thread.event;
  Place* place = places.at(wait.place.load(std::memory_order_relaxed));
  if (!place) return;
  const uint64_t wait_ns = base::monotonic_ns() - wait.since_ns.load(std::memory_order_relaxed);
  wait.place.store(0, std::memory_order_relaxed);
  place->record->pulse.leave();
  count_wait(*place, wait_ns);
  add_sample(thread, *place, wait.stack, wait_ns, wait.probability);
}

void wake(uintptr_t address, LockKind kind, uintptr_t site) {
  LockRecord* record = locks::find_record({address, nullptr, 0, kind});
  if (!record || !locks::Pulse::has_waiters(record->pulse.load())) return;
  record->wakings.fetch_add(1, std::memory_order_relaxed);
  if (Pair* pair = find_or_make_pair(*record, site, 0, false)) pair->holds.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace lockwrap::contention
