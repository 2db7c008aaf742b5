#include "runtime/deadlock/known_orders.h"

#include <atomic>

#include "runtime/base/bounded_table.h"

namespace lockwrap::deadlock {

namespace {

constinit std::atomic<uint64_t>* table;
constinit uint64_t mask;  // of the index

uint64_t tag_of(uint32_t serial, uint32_t created, uint32_t key) {
  return base::mix(base::mix(uint64_t{serial} << 32 | key) + created) | 1;  // 0 is a free place
}

}  // namespace

bool place_known_orders(base::Arena& arena, size_t bytes) {
  size_t places = 1;
  while (places * 2 * sizeof(uint64_t) <= bytes) places *= 2;
  table = static_cast<std::atomic<uint64_t>*>(arena.take(places * sizeof(uint64_t)));
  mask = places - 1;
  return table != nullptr;
}

bool is_known_order(uint32_t serial, uint32_t created, uint32_t key) {
  const uint64_t tag = tag_of(serial, created, key);
  return table[tag >> 1 & mask].load(std::memory_order_relaxed) == tag;
}

void add_known_order(uint32_t serial, uint32_t created, uint32_t key) {
  const uint64_t tag = tag_of(serial, created, key);
  table[tag >> 1 & mask].store(tag, std::memory_order_relaxed);
}

}  // namespace lockwrap::deadlock
