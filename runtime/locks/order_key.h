// Whether the calling thread has taken a lock with the same others held before: then nothing is new about it. One look into a small table
// of the thread's own, for any number of held locks.
//
// The key is made of the numbers of all locks that are held, in any order, and of the one that is taken; a lock that is initialised
// anew has another number. A key is forgotten when another one needs its place, and looked at again.
// Runs: inside every wrapped call that takes a lock while others are held.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/locks/held_list.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::locks {

// Lock orders are looked at; and no room is left for the numbers of further locks. Set at start, and once.
extern constinit bool orders_watched;
extern constinit bool orders_full;

constexpr uint32_t kOrderFactor = 0x9e3779b1;  // odd: each number has its own product (Knuth, TAOCP 6.4)
constexpr uint32_t order_part(uint32_t number) { return number * kOrderFactor; }

// The number of a lock without a word, which is known by its address; and of one that is taken for reading.
constexpr uint32_t number_of_address(uintptr_t address) { return static_cast<uint32_t>(address >> 2) | 1; }
constexpr uint32_t number_of_reader(uint32_t number) { return number ? number ^ 0x5bd1e995 : 0; }

// For a lock with `number` while others with the sum `held` are held.
constexpr uint32_t order_key(uint32_t held, uint32_t number) {
  const uint32_t part = order_part(number);
  return (held ^ (part << 16 | part >> 16)) * 0x85ebca6b;
}
constexpr uint32_t place_of_key(uint32_t key) { return key >> (32 - kKnownOrderBits); }

// Where an inline entry has its order. The details lie behind the entries, each so many times as large.
constexpr size_t kFirstOrder = kInlineBytes + offsetof(HeldDetail, order);
LOCKWRAP_ALWAYS_INLINE uint32_t* order_of(const HeldEntry* entry) {
  const auto address = reinterpret_cast<uintptr_t>(entry);
  const size_t offset = address & (kInlineBytes - 1);
  return reinterpret_cast<uint32_t*>(address - offset + kFirstOrder + offset / sizeof(HeldEntry) * sizeof(HeldDetail));
}
LOCKWRAP_ALWAYS_INLINE HeldDetail* detail_of_first(const HeldEntry* first) {
  return reinterpret_cast<HeldDetail*>(reinterpret_cast<uintptr_t>(first) - sizeof(HeldEntry) + kInlineBytes + sizeof(HeldDetail));
}
LOCKWRAP_ALWAYS_INLINE uint32_t* order_of_first(const HeldEntry* first) { return &detail_of_first(first)->order; }

LOCKWRAP_ALWAYS_INLINE bool is_first(const HeldEntry* entry) {
  return (reinterpret_cast<uintptr_t>(entry) & (kInlineBytes - 1)) == sizeof(HeldEntry);
}

// The sum over all entries before this one, which is not the first; its order lies behind that of the one before.
LOCKWRAP_ALWAYS_INLINE uint32_t order_before(const HeldEntry* entry) {
  const uint32_t order = *(order_of(entry) - sizeof(HeldDetail) / sizeof(uint32_t));
  return is_first(entry - 1) ? order_part(order) : order;
}

// Notes the order of the inline entry that comes next. False: this is new, or cannot be told here.
LOCKWRAP_ALWAYS_INLINE bool note_known_order(const HeldEntry* entry, uint32_t number) {
  if (!orders_watched) return true;
  if (LOCKWRAP_UNLIKELY(number == 0)) return orders_full;
  auto* thread = reinterpret_cast<ThreadRecord*>(reinterpret_cast<uintptr_t>(entry) & ~(alignof(ThreadRecord) - 1));
  const uint32_t before = order_before(entry);
  const uint32_t key = order_key(before, number);
  if (LOCKWRAP_UNLIKELY(thread->known_orders[place_of_key(key)] != key)) return false;
  *order_of(entry) = before + order_part(number);
  return true;
}
// The same of a lock that was only tried, which is never waited for: any order will do.
LOCKWRAP_ALWAYS_INLINE bool note_any_order(const HeldEntry* entry, uint32_t number) {
  if (!orders_watched) return true;
  if (LOCKWRAP_UNLIKELY(number == 0)) return orders_full;
  *order_of(entry) = order_before(entry) + order_part(number);
  return true;
}

// Counts on a lock like push_inline, with its number. `is_tried`: see above. False: nothing was done, take the slow path.
template <bool is_tried>
LOCKWRAP_ALWAYS_INLINE bool push_in_order(uintptr_t lock, uintptr_t site, uint32_t number) {
  HeldEntry* entry = held_next;
  if (LOCKWRAP_LIKELY(is_first(entry))) {
    *order_of_first(entry) = number;
  } else {
    if (LOCKWRAP_UNLIKELY((reinterpret_cast<uintptr_t>(entry) & (kInlineBytes - 1)) == 0)) return false;
    if (!(is_tried ? note_any_order(entry, number) : note_known_order(entry, number))) return false;
  }
  held_next = entry + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  fill(entry, lock, site);
  return true;
}

// Adds an entry with its details, where the list is empty and there is room inline.
LOCKWRAP_ALWAYS_INLINE HeldRef push_first(uintptr_t lock, uintptr_t site, const HeldDetail& detail) {
  HeldEntry* entry = held_next;
  held_next = entry + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  *detail_of_first(entry) = detail;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  fill(entry, lock, site);
  return {entry, detail_of_first(entry)};
}
// The same of a further level of the newest lock, whatever its number.
LOCKWRAP_ALWAYS_INLINE bool push_level(uintptr_t lock, uintptr_t site, uint32_t number) {
  HeldEntry* entry = held_next;
  if (LOCKWRAP_UNLIKELY((reinterpret_cast<uintptr_t>(entry) & (kInlineBytes - 1)) == 0)) return false;
  *order_of(entry) = order_before(entry) + order_part(number);
  held_next = entry + 1;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
  fill(entry, lock, site);
  return true;
}

}  // namespace lockwrap::locks
