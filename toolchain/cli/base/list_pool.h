// Lists of numbers, each kept once: in a large profile every stack is in many samples.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash_index.h"

namespace lockwrap::cli {

template <typename Number>
class ListPool {
 public:
  using List = std::span<const Number>;

  ListPool() = default;
  ListPool(const ListPool &) = delete;
  ListPool &operator=(const ListPool &) = delete;

  static size_t hash_of(List list) {
    return std::hash<std::string_view>()({reinterpret_cast<const char *>(list.data()), list.size_bytes()});
  }

  // The same numbers in memory that stays as long as the pool; equal lists are the same memory. `hash`: what hash_of says.
  List keep(List list, size_t hash) {
    if (list.empty()) return {};
    const auto next = static_cast<uint32_t>(lists_.size());
    const uint32_t number = index_.find_or_add(hash, next, [&](uint32_t known) { return std::ranges::equal(lists_[known], list); });
    if (number == next) lists_.push_back(copy_of(list));
    return lists_[number];
  }

 private:
  static constexpr size_t kBlock = 1 << 16;

  List copy_of(List list) {
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < list.size()) blocks_.emplace_back().reserve(std::max(kBlock, list.size()));
    std::vector<Number> &block = blocks_.back();
    const size_t start = block.size();
    block.insert(block.end(), list.begin(), list.end());  // there is room: what was handed out does not move
    return List(block).subspan(start);
  }

  std::deque<std::vector<Number>> blocks_;
  std::vector<List> lists_;
  HashIndex index_;
};

}  // namespace lockwrap::cli
