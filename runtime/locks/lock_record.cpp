#include "runtime/locks/lock_record.h"

#include <errno.h>
#include <string.h>

namespace lockwrap::locks {

constinit base::BoundedTable<LockRecord> lock_records;
constinit base::BoundedTable<Name> names;
constinit uint8_t waited_for[kWaitedForBytes];

namespace {

using Word = uint64_t __attribute__((may_alias));

// Generation, 31 bits; the lower bits of the generation again; number of the record.
constexpr unsigned kIndexBits = 22;
constexpr uint32_t kIndexMask = (1u << kIndexBits) - 1;

uint32_t index_in(uint64_t identity) { return static_cast<uint32_t>(identity) & kIndexMask; }

uint64_t identity_of(const LockRecord& record, uint32_t generation) {
  return (uint64_t{generation} << 32) | (generation << kIndexBits) | lock_records.index_of(&record);
}

uint8_t identity_offset(const LockRef& lock) {
  return lock.identity ? static_cast<uint8_t>(reinterpret_cast<uintptr_t>(lock.identity) - lock.address) : 0;
}

constexpr uint32_t kGenerations = kLoud >> 32;

}  // namespace

LockRecord* record_of_identity(uint64_t identity, uintptr_t address) {
  LockRecord* record = lock_records.at(index_in(identity));
  if (!record || record->address.load(std::memory_order_relaxed) != address) return nullptr;
  return record->generation.load(std::memory_order_relaxed) == (identity & ~kLoud) >> 32 ? record : nullptr;
}

namespace {

// Of this kind, or of none yet. Locks of different kinds can stand at one address, one after the other or one as the other's
// first member.
bool is_of_kind(const LockRecord& record, LockKind kind) {
  return record.kind == kind || record.unclaimed.load(std::memory_order_relaxed);
}

LOCKWRAP_COLD LockRecord* add_record(const LockRef& lock, uintptr_t first_use, bool unclaimed) {
  return lock_records.find_or_add(
      base::mix(lock.address), [](const LockRecord&) { return false; },
      [&](LockRecord& record) {
        record.address.store(lock.address, std::memory_order_relaxed);
        record.generation.store(1, std::memory_order_relaxed);
        record.kind = lock.kind;
        record.identity_offset = identity_offset(lock);
        record.unclaimed.store(unclaimed, std::memory_order_relaxed);
        record.shown_address = lock.address;
        record.created = lock.created;
        record.first_use.store(first_use, std::memory_order_relaxed);
      });
}

// Records made by naming that no lock points to yet. Only a hint: 0 saves a search at every initialisation.
constinit std::atomic<uint32_t> unclaimed_count;

// A lock without a record stands where an older record points. Gives that record to it when it was made by naming this
// lock, or when the older lock was of the same making: a lock that is made again and again at one place of the program
// shows as one. Returns the new identity, or 0.
LOCKWRAP_COLD uint64_t take_over(LockRecord& record, const LockRef& lock, uintptr_t first_use) {
  bool unclaimed = record.unclaimed.load(std::memory_order_relaxed);
  if (unclaimed) {
    if (!record.unclaimed.compare_exchange_strong(unclaimed, false, std::memory_order_relaxed)) return 0;
    unclaimed_count.fetch_sub(1, std::memory_order_relaxed);
    record.kind = lock.kind;
    record.identity_offset = identity_offset(lock);
    record.created = lock.created;
    record.first_use.store(first_use, std::memory_order_relaxed);
    return identity_of(record, record.generation.load(std::memory_order_relaxed));
  }
  // One that nobody has waited for yet, only nested, was not first used anywhere.
  const bool same_use = record.first_use.load(std::memory_order_relaxed) == first_use || !record.first_place.load(std::memory_order_relaxed);
  const bool same_making = record.kind == lock.kind && record.created == lock.created && same_use &&
                           !record.name.load(std::memory_order_relaxed);
  if (!same_making) return 0;
  // The present holder took the lock when it had no record: for it, everything begins at this moment.
  for (Lane& lane : record.lanes) {
    const uint64_t word = lane.waiting.load();
    if (WaitingIntegral::waiters(word)) return 0;
    lane.begin_word.store(word, std::memory_order_relaxed);
  }
  record.seen_pulse.store(record.pulse.load(), std::memory_order_relaxed);
  record.first_use.store(first_use, std::memory_order_relaxed);
  uint32_t generation = record.generation.load(std::memory_order_relaxed);
  const uint32_t next = (generation + 1) % kGenerations;
  if (!record.generation.compare_exchange_strong(generation, next, std::memory_order_relaxed)) return 0;
  return identity_of(record, next);
}

// Waiters that come at once may each make a record, and one may take over what another has just made; they settle on what
// the lock's word says in the end. More rounds than these mean a lock whose word is no word of ours.
constexpr int kMostRounds = 16;

LOCKWRAP_COLD LockRecord* make_by_identity(const LockRef& lock, uintptr_t first_use) {
  Word* word = lock.identity;
  for (int round = 0; round < kMostRounds; ++round) {
    uint64_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    if (LockRecord* record = record_of_identity(seen, lock.address)) return record;
    LockRecord* older = newest_record_at(lock.address);
    uint64_t identity = older ? take_over(*older, lock, first_use) : 0;
    LockRecord* record = identity ? older : add_record(lock, first_use, false);
    if (!record) return nullptr;
    if (!identity) identity = identity_of(*record, 1);
    do {
      if (!__atomic_compare_exchange_n(word, &seen, identity, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) continue;
      if (older && older != record) older->address.store(0, std::memory_order_relaxed);
      return record;
      // The word names our record by the generation that it had before we took it over: its maker was in between.
    } while (record == older && index_in(seen) == lock_records.index_of(record));
    // Ours was never seen; unless another waiter took it over and was first to set the word.
    if (record != older && index_in(seen) != lock_records.index_of(record)) {
      record->address.store(0, std::memory_order_relaxed);
    }
  }
  return nullptr;
}

}  // namespace

const char* kind_name(LockKind kind) {
  static constexpr const char* kNames[kLockKinds] = {"lock",      "mutex",     "rwlock",  "spin", "custom",
                                                     "condition", "semaphore", "barrier", "once", "join"};
  const auto index = static_cast<size_t>(kind);
  return kNames[index < kLockKinds ? index : 0];
}

uint32_t order_number(const LockRecord& record) {
  return static_cast<uint32_t>(identity_of(record, record.generation.load(std::memory_order_relaxed)));
}

LockRecord* newest_record_at(uintptr_t address) {
  return lock_records.find(base::mix(address), [&](const LockRecord& record) {
    return record.address.load(std::memory_order_relaxed) == address;
  });
}

LockRecord* find_record(const LockRef& lock) {
  if (lock.identity) {
    const uint64_t identity = __atomic_load_n(lock.identity, __ATOMIC_RELAXED);
    return identity ? record_of_identity(identity, lock.address) : nullptr;
  }
  return lock_records.find(base::mix(lock.address), [&](const LockRecord& record) {
    return record.address.load(std::memory_order_relaxed) == lock.address && is_of_kind(record, lock.kind);
  });
}

LockRecord* find_or_make_record(const LockRef& lock, uintptr_t first_use) {
  if (lock.identity) {
    const uint64_t identity = __atomic_load_n(lock.identity, __ATOMIC_RELAXED);
    LockRecord* known = identity ? record_of_identity(identity, lock.address) : nullptr;
    return known ? known : make_by_identity(lock, first_use);
  }
  LockRecord* record = lock_records.find_or_add(
      base::mix(lock.address),
      [&](const LockRecord& known) {
        return known.address.load(std::memory_order_relaxed) == lock.address && is_of_kind(known, lock.kind);
      },
      [&](LockRecord& fresh) {
        fresh.address.store(lock.address, std::memory_order_relaxed);
        fresh.generation.store(1, std::memory_order_relaxed);
        fresh.kind = lock.kind;
        fresh.shown_address = lock.address;
        fresh.created = lock.created;
        fresh.first_use.store(first_use, std::memory_order_relaxed);
      });
  if (record && record->unclaimed.load(std::memory_order_relaxed)) take_over(*record, lock, first_use);
  return record;
}

LockRecord* make_held_record(const LockRef& lock, uintptr_t first_use) {
  LockRecord* older = newest_record_at(lock.address);
  if (older && older->unclaimed.load(std::memory_order_relaxed)) {
    return older;
  }
  LockRecord* record = add_record(lock, first_use, true);
  if (record) unclaimed_count.fetch_add(1, std::memory_order_relaxed);
  if (record && older) older->address.store(0, std::memory_order_relaxed);
  return record;
}

void link_held_record(LockRecord& record, const LockRef& lock) {
  if (!lock.identity || record.address.load(std::memory_order_relaxed) != lock.address) return;
  bool unclaimed = record.unclaimed.load(std::memory_order_relaxed);
  if (unclaimed && record.unclaimed.compare_exchange_strong(unclaimed, false, std::memory_order_relaxed)) {
    unclaimed_count.fetch_sub(1, std::memory_order_relaxed);
    record.kind = lock.kind;
    record.identity_offset = identity_offset(lock);
  }
  uint64_t none = __atomic_load_n(lock.identity, __ATOMIC_RELAXED);
  if (record_of_identity(none, lock.address)) return;
  const uint64_t identity = identity_of(record, record.generation.load(std::memory_order_relaxed));
  __atomic_compare_exchange_n(lock.identity, &none, identity, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// Sequentially consistent, both: the waiter counts itself, then looks at the bit; the holder takes the bit away, then looks at the
// count. One of them sees the other.
void make_loud(const LockRecord& record, const LockRef& lock) {
  if (!lock.identity) return;
  const uint64_t identity = __atomic_load_n(lock.identity, __ATOMIC_SEQ_CST);
  if (identity & kLoud || record_of_identity(identity, lock.address) != &record) return;
  __atomic_fetch_or(lock.identity, kLoud, __ATOMIC_SEQ_CST);
}

void make_quiet(const LockRecord& record, const LockRef& lock, uint64_t pulse) {
  if (!lock.identity) return;
  __atomic_fetch_and(lock.identity, ~kLoud, __ATOMIC_SEQ_CST);
  if (record.pulse.load() != pulse) __atomic_fetch_or(lock.identity, kLoud, __ATOMIC_SEQ_CST);
}

void forget_stray_identity(const LockRef& lock) {
  uint64_t identity = __atomic_load_n(lock.identity, __ATOMIC_RELAXED);
  if (!(identity & kLoud) || record_of_identity(identity, lock.address)) return;
  __atomic_compare_exchange_n(lock.identity, &identity, 0, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

void retire_record(const LockRef& lock) {
  LockRecord* record = find_record(lock);
  if (record) record->address.store(0, std::memory_order_relaxed);
}

void forget_unclaimed_name(uintptr_t address) {
  if (!unclaimed_count.load(std::memory_order_relaxed)) return;
  LockRecord* record = newest_record_at(address);
  bool unclaimed = true;
  if (!record || !record->unclaimed.compare_exchange_strong(unclaimed, false, std::memory_order_relaxed)) return;
  unclaimed_count.fetch_sub(1, std::memory_order_relaxed);
  record->address.store(0, std::memory_order_relaxed);
}

int name_lock(uintptr_t address, const char* text) {
  if (!address || !text || !*text) return EINVAL;
  const uint32_t name = intern_name(text);
  if (!name) return ENOMEM;
  LockRecord* record = newest_record_at(address);
  if (record && !record->unclaimed.load(std::memory_order_relaxed)) {
    // A record from the time before this lock was initialised must not get its name. Where mutexes have words, the lock
    // itself tells; kinds without them retire their records when they are initialised or destroyed.
    const auto* word = record->identity_offset
                           ? reinterpret_cast<const Word*>(address + record->identity_offset)
                           : nullptr;
    if (word && record_of_identity(__atomic_load_n(word, __ATOMIC_RELAXED), address) != record) record = nullptr;
  }
  if (!record) {
    record = add_record({address, nullptr, 0, LockKind::kUnknown}, 0, true);
    if (!record) return ENOMEM;
    unclaimed_count.fetch_add(1, std::memory_order_relaxed);
  }
  record->name.store(name, std::memory_order_relaxed);
  return 0;
}

uint32_t lane_of(LockRecord& record, uintptr_t site) {
  for (uint32_t lane = 0; lane < kSharedLane; ++lane) {
    uintptr_t owner = record.lanes[lane].site.load(std::memory_order_relaxed);
    if (owner == site) return lane;
    if (!owner) {
      if (record.lanes[lane].site.compare_exchange_strong(owner, site, std::memory_order_relaxed)) return lane;
      if (owner == site) return lane;
    }
  }
  return kSharedLane;
}

uint32_t intern_name(const char* text) {
  char cut[Name::kBytes] = {};
  strncpy(cut, text, sizeof cut - 1);
  uint64_t hash = 0;
  for (const char* at = cut; *at; ++at) hash = base::mix(hash + static_cast<unsigned char>(*at));
  const Name* name = names.find_or_add(
      hash, [&](const Name& known) { return strcmp(known.text, cut) == 0; },
      [&](Name& fresh) { memcpy(fresh.text, cut, sizeof cut); });
  return name ? names.index_of(name) : 0;
}

const char* name_text(uint32_t index) {
  const Name* name = names.at(index);
  return name ? name->text : "";
}

}  // namespace lockwrap::locks
