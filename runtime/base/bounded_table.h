// A hash table of fixed capacity that many threads add to without a lock; entries are never removed.
//
// Chained buckets of 32-bit indices; an entry is filled in before one compare-and-swap publishes it. A full table refuses
// and counts. All state is zero when empty, so memory that a fork has wiped is an empty table.
// Entry must derive from TableEntry and be trivial.
// Runs: inside contended calls and when a report is written.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "runtime/base/arena.h"

namespace lockwrap::base {

struct TableEntry {
  std::atomic<uint32_t> next;   // index of the next entry of the bucket, 0: none
  std::atomic<uint32_t> ready;  // 1 once published
};

// splitmix64's finaliser (Steele, Lea, Flood 2014): every input bit reaches every output bit.
constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Lists of entries: `head` is the newest one's index, `link` leads on, and the last one points to itself, so that a link of
// zero means not yet linked. Hangs `self` in once, whoever comes first; signal-safe.
inline void link_once(std::atomic<uint32_t>& head, std::atomic<uint32_t>& link, uint32_t self) {
  uint32_t unlinked = 0;
  if (link.load(std::memory_order_relaxed) != 0) return;
  if (!link.compare_exchange_strong(unlinked, self, std::memory_order_relaxed)) return;
  uint32_t newest = head.load(std::memory_order_relaxed);
  do {
    link.store(newest ? newest : self, std::memory_order_relaxed);
    // Release pairs with the acquire in for_each_linked.
  } while (!head.compare_exchange_weak(newest, self, std::memory_order_release, std::memory_order_relaxed));
}

// Visits the entries of such a list; `link_of` gives an entry's link.
template <class Table, class LinkOf, class Visit>
void for_each_linked(const Table& table, const std::atomic<uint32_t>& head, LinkOf link_of, Visit visit) {
  uint32_t index = head.load(std::memory_order_acquire);
  while (auto* entry = table.at(index)) {
    visit(*entry);
    const uint32_t next = link_of(*entry).load(std::memory_order_relaxed);
    index = next == index ? 0 : next;
  }
}

template <class Entry>
class BoundedTable {
 public:
  static constexpr size_t kBytesPerEntry = sizeof(Entry) + 2 * sizeof(uint32_t);

  // Takes room for up to `entries` entries. False when the arena has not enough: the table then refuses everything.
  bool place(Arena& arena, size_t entries) {
    uint32_t buckets = 16;
    while (buckets < entries) buckets *= 2;
    header_ = static_cast<Header*>(arena.take(sizeof(Header)));
    buckets_ = static_cast<std::atomic<uint32_t>*>(arena.take(buckets * sizeof(uint32_t)));
    entries_ = static_cast<Entry*>(arena.take((entries + 1) * sizeof(Entry)));
    if (!header_ || !buckets_ || !entries_) return false;
    bucket_mask_ = buckets - 1;
    capacity_ = static_cast<uint32_t>(entries);
    return true;
  }

  // The newest entry of `hash` for which matches(entry) holds, or null. Wait-free against writers.
  template <class Matches>
  Entry* find(uint64_t hash, Matches matches) const {
    if (!capacity_) return nullptr;
    return find_from(bucket(hash).load(std::memory_order_acquire), 0, matches);
  }

  // As find; when there is none, adds one that fill(entry) has filled in. Null when the table is full, which is counted.
  template <class Matches, class Fill>
  Entry* find_or_add(uint64_t hash, Matches matches, Fill fill) {
    if (!capacity_) return nullptr;
    std::atomic<uint32_t>& chain = bucket(hash);
    uint32_t head = chain.load(std::memory_order_acquire);
    uint32_t searched = 0;
    Entry* fresh = nullptr;
    for (;;) {
      if (Entry* found = find_from(head, searched, matches)) return found;  // `fresh`, if any, stays unused
      if (!fresh) {
        fresh = allocate();
        if (!fresh) return nullptr;
        fill(*fresh);
      }
      searched = head;
      fresh->next.store(head, std::memory_order_relaxed);
      // Release pairs with the acquire loads of head above and in find: who sees the index sees the entry filled in.
      if (chain.compare_exchange_weak(head, index_of(fresh), std::memory_order_release, std::memory_order_acquire)) {
        fresh->ready.store(1, std::memory_order_release);  // pairs with for_each
        return fresh;
      }
    }
  }

  // Entry number `index`, 1 to capacity, whether published or not; null outside.
  Entry* at(uint32_t index) const { return index && index <= capacity_ ? entries_ + index : nullptr; }
  uint32_t index_of(const Entry* entry) const { return static_cast<uint32_t>(entry - entries_); }

  template <class Visit>
  void for_each(Visit visit) const {
    for (uint32_t index = 1; index <= used(); ++index) {
      if (entries_[index].ready.load(std::memory_order_acquire)) visit(entries_[index]);
    }
  }

  uint32_t used() const {
    if (!capacity_) return 0;
    uint32_t used = header_->used.load(std::memory_order_acquire);
    return used < capacity_ ? used : capacity_;
  }
  uint32_t capacity() const { return capacity_; }
  // How often an entry was refused because the table was full.
  uint64_t refused() const { return capacity_ ? header_->refused.load(std::memory_order_relaxed) : 0; }
  void clear_refused() {
    if (capacity_) header_->refused.store(0, std::memory_order_relaxed);
  }

 private:
  struct Header {
    std::atomic<uint64_t> refused;
    std::atomic<uint32_t> used;
  };

  std::atomic<uint32_t>& bucket(uint64_t hash) const { return buckets_[hash & bucket_mask_]; }

  template <class Matches>
  Entry* find_from(uint32_t index, uint32_t end, Matches matches) const {
    for (; index != end && index; index = entries_[index].next.load(std::memory_order_acquire)) {
      if (matches(entries_[index])) return &entries_[index];
    }
    return nullptr;
  }

  Entry* allocate() {
    if (header_->used.load(std::memory_order_relaxed) < capacity_) {
      uint32_t index = header_->used.fetch_add(1, std::memory_order_relaxed) + 1;
      if (index <= capacity_) return &entries_[index];
    }
    header_->refused.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }

  Header* header_ = nullptr;
  std::atomic<uint32_t>* buckets_ = nullptr;
  Entry* entries_ = nullptr;
  uint32_t bucket_mask_ = 0;
  uint32_t capacity_ = 0;
};

}  // namespace lockwrap::base
