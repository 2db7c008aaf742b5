// When threads were created and joined, and by whom: what one did before it created another, and what another did after it was joined,
// cannot happen at the same time. Where it is not known, it counts as ordered.
//
// Times are of one logical clock for all threads: it is moved on by every creation, join, and piece of evidence.
// Runs: when a thread is created or joined, and when a new lock order is looked at.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/base/arena.h"
#include "runtime/base/bounded_table.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::deadlock {

// The threads that a thread descends from: who created it, who created that one; and when. Handed over by the creator.
struct Birth {
  static constexpr uint32_t kMostAncestors = 4;  // remoter ones are not known: then nothing is parallel to what they did before
  uint32_t ancestors[kMostAncestors];            // serial numbers, nearest first
  uint32_t times[kMostAncestors];                // of the creation by that ancestor
  uint32_t count;
  bool is_complete;  // the last one is the first thread of the process
};

// A thread that gave evidence. Never removed; found by its serial number.
struct Life : base::TableEntry {
  uint32_t serial;
  uint32_t thread_id;
  uint32_t name;  // index into names
  Birth birth;
  uint32_t first_time;             // it is known since then
  uintptr_t handle;
  std::atomic<uint32_t> joined_at;  // 0: not joined
  std::atomic<uint32_t> barrier;    // that it came to last, as a number; 0: none
};

bool place_lives(base::Arena& arena, size_t bytes);

uint32_t next_time();

// The calling thread is about to create another one, and gives it this.
Birth birth_of_child();
// How many threads the calling one has created.
uint32_t threads_created();
// In the new thread, before anything else.
void begin_life(const Birth& birth);

// The life of the calling thread, made if there is none; null: no room.
Life* own_life(locks::ThreadRecord& thread);
Life* find_life(uint32_t serial);
// The newest life of a thread with this handle that was not joined; null: it gave no evidence.
Life* find_life_by_handle(uintptr_t handle);
void note_join(Life& life);

// Whether what the one did at the one time and what the other did at the other one can happen at the same time, in some other run.
bool may_be_parallel(const Life& one, uint32_t one_time, const Life& other, uint32_t other_time);

}  // namespace lockwrap::deadlock
