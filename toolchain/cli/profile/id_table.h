// What belongs to the ids of a profile's messages. Whoever writes one counts them from 1, mostly without gaps: those are found by index.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace lockwrap::cli {

template <typename Value>
class IdTable {
 public:
  // `count` ids will be added, or fewer. Any other number is right, too, but slower.
  explicit IdTable(size_t count) : by_index_(count * 2 + 1) {}

  // Of two values of one id the first counts; false: this is the second.
  bool add(uint64_t id, Value value) {
    if (id >= by_index_.size()) return others_.emplace(id, value).second;
    if (by_index_[id]) return false;
    by_index_[id] = value;
    return true;
  }

  // Null: there is none. Until the next one is added.
  const Value *find(uint64_t id) const {
    if (id < by_index_.size()) return by_index_[id] ? &*by_index_[id] : nullptr;
    const auto entry = others_.find(id);
    return entry != others_.end() ? &entry->second : nullptr;
  }

 private:
  std::vector<std::optional<Value>> by_index_;
  std::unordered_map<uint64_t, Value> others_;
};

}  // namespace lockwrap::cli
