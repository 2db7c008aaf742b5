// Lists of numbers, each kept once: in a large profile every stack is in many samples.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace lockwrap::cli {

template <typename Number>
class ListPool {
 public:
  using List = std::span<const Number>;

  ListPool() = default;
  ListPool(const ListPool &) = delete;
  ListPool &operator=(const ListPool &) = delete;

  // A number for this list, counted from 0; equal lists have the same.
  uint32_t keep(List list) {
    if (lists_.size() * 2 >= slots_.size()) grow();
    const auto hash = static_cast<uint32_t>(std::hash<std::string_view>()({reinterpret_cast<const char *>(list.data()), list.size_bytes()}));
    size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].number != kFree; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].hash == hash && std::ranges::equal(lists_[slots_[at].number], list)) return slots_[at].number;
    }
    const auto number = static_cast<uint32_t>(lists_.size());
    slots_[at] = {hash, number};
    lists_.push_back(copy_of(list));
    return number;
  }

  // In memory that stays as long as the pool.
  List operator[](uint32_t number) const { return lists_[number]; }
  size_t size() const { return lists_.size(); }

 private:
  static constexpr size_t kBlock = 1 << 16;
  static constexpr uint32_t kFree = UINT32_MAX;
  struct Slot {
    uint32_t hash = 0, number = kFree;
  };

  List copy_of(List list) {
    if (list.empty()) return {};
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < list.size()) blocks_.emplace_back().reserve(std::max(kBlock, list.size()));
    std::vector<Number> &block = blocks_.back();
    const size_t start = block.size();
    block.insert(block.end(), list.begin(), list.end());  // there is room: what was handed out does not move
    return List(block).subspan(start);
  }

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

  std::deque<std::vector<Number>> blocks_;
  std::vector<List> lists_;
  std::vector<Slot> slots_;
};

}  // namespace lockwrap::cli
