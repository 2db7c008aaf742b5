// Stacks as lists of addresses, each kept once: in a large profile every stack is in many samples.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace lockwrap::cli {

using Stack = std::span<const uint64_t>;  // leaf first

class StackPool {
 public:
  // The same addresses, in memory that stays as long as the pool.
  Stack keep(Stack stack) {
    if (stack.empty()) return {};
    const auto known = known_.find(stack);
    if (known != known_.end()) return *known;
    if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < stack.size()) {
      blocks_.emplace_back().reserve(std::max(kBlock, stack.size()));
    }
    std::vector<uint64_t> &block = blocks_.back();
    const size_t start = block.size();
    block.insert(block.end(), stack.begin(), stack.end());  // there is room: what was handed out does not move
    return *known_.insert(Stack(block).subspan(start)).first;
  }

 private:
  static constexpr size_t kBlock = 1 << 16;
  struct Hash {
    size_t operator()(Stack stack) const {
      return std::hash<std::string_view>()({reinterpret_cast<const char *>(stack.data()), stack.size_bytes()});
    }
  };
  struct Equal {
    bool operator()(Stack left, Stack right) const { return std::equal(left.begin(), left.end(), right.begin(), right.end()); }
  };
  std::deque<std::vector<uint64_t>> blocks_;
  std::unordered_set<Stack, Hash, Equal> known_;
};

}  // namespace lockwrap::cli
