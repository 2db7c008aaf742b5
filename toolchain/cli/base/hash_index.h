// Finds numbers by a hash of what they stand for. Where a large profile is read or drawn, the usual containers, with an allocation and a jump through
// memory for each entry, would be most of the work.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockwrap::cli {

class HashIndex {
 public:
  // The number with this hash for which is_it(number) holds; if there is none, `next`, which is found from then on. Numbers are below 2^32 - 1.
  template <class IsIt>
  uint32_t find_or_add(size_t hash, uint32_t next, IsIt is_it) {
    if (count_ * 2 >= slots_.size()) grow();
    const auto part = static_cast<uint32_t>(hash ^ (hash >> 32));
    size_t at = part & (slots_.size() - 1);
    for (; slots_[at].number != kFree; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == part && is_it(slots_[at].number)) return slots_[at].number;
    }
    slots_[at] = {part, next};
    ++count_;
    return next;
  }

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  struct Slot {
    uint32_t hash = 0, number = kFree;
  };

  // Open addressing, at most half full.
  void grow() {
    std::vector<Slot> slots(std::max<size_t>(64, slots_.size() * 2));
    for (const Slot &slot : slots_) {
      if (slot.number == kFree) continue;
      size_t at = slot.hash & (slots.size() - 1);
      while (slots[at].number != kFree) at = (at + 1) & (slots.size() - 1);
      slots[at] = slot;
    }
    slots_ = std::move(slots);
  }

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

// For numbers, whose own std::hash is the number itself.
constexpr size_t mixed_hash(size_t hash, uint64_t number) { return (hash ^ number) * 0x9e3779b97f4a7c15 + (hash >> 29); }

}  // namespace lockwrap::cli
