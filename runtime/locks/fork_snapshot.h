// Who held what when this process was forked: a child's tables are empty, and the threads that held its copies of locks are not there
// to ask. Kept in memory that the child inherits.
// Runs: around fork, and in a child that waits for such a lock.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::locks {

struct HeldAtFork {
  uintptr_t lock;
  uintptr_t site;      // of the call that took it; may be that of an earlier hold by the same thread
  uint32_t thread_id;  // the parent's
};
constexpr size_t kMostHeldAtFork = 1024;  // further ones are not told

// In the parent, before the fork; true: the caller must call end_snapshot in the parent. In the child keep_snapshot, with what this gave.
bool begin_snapshot();
void end_snapshot();
void keep_snapshot(bool was_noted);
// This process was forked while another thread forked as well, or had too many locks held: what is not known to be held by its parent's
// threads may be, all the same.
bool is_snapshot_lost();

// What the thread `owner` of the parent held, or null: it is not known, or this process was not forked.
const HeldAtFork* find_held_at_fork(uintptr_t lock, uint32_t owner);
// The thread of the parent that this process began as; 0: none, or not known.
uint32_t forking_thread();

}  // namespace lockwrap::locks
