// The orders that each thread has used, when they are too many for its own small table (order_key.h): one table for all threads, from
// which an entry is dropped when another one needs its place, and which is asked before anything is looked at again.
// Runs: when a thread takes a lock after others in an order that its own table has not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/arena.h"

namespace lockwrap::deadlock {

bool place_known_orders(base::Arena& arena, size_t bytes);

// Of the calling thread: `serial` of its record, and how many threads it has created, because what it did before is looked at again then.
// A key that was never added is known with a probability of 2^-48.
bool is_known_order(uint32_t serial, uint32_t created, uint32_t key);
void add_known_order(uint32_t serial, uint32_t created, uint32_t key);

}  // namespace lockwrap::deadlock
