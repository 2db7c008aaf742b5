// Where and when threads took the locks that they hold: the stack and the time of each acquisition, for findings. Kept only with
// hold_stacks=1: every acquisition then takes the slow path, walks the stack and reads the clock.
//
// Each slot of the thread pool has room for the newest of its thread's holds; one that finds no room is told by its call alone. Written
// by the thread itself, read by whoever tells a finding. A signal handler that takes locks in between gives them back before it returns;
// its slots lie behind the one that is being filled in, which stays what it is.
// Runs: inside slow acquisitions and releases, and when a finding is told.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lockwrap::locks {

struct ThreadRecord;

struct HoldOrigin {
  static constexpr size_t kFrames = 24;
  std::atomic<uintptr_t> lock;     // address, 0: free; written last
  std::atomic<uint64_t> since_ns;  // monotonic
  uint32_t frame_count;
  uintptr_t frames[kFrames];  // return addresses; the leaf is the site of the acquisition
};

// The option is in force. Set once, at start.
extern constinit bool origins_kept;

// After the thread pool was mapped. False: no memory, and none are kept.
bool keep_hold_origins();

// The calling thread has taken the lock at `address`. False: there was no room.
bool note_origin(ThreadRecord& thread, uintptr_t address, uintptr_t site);
// It is about to release it.
void forget_origin(ThreadRecord& thread, uintptr_t address);
// The slot has a new owner.
void forget_origins(ThreadRecord& thread);

// The newest hold of the lock that the call at `site` took, of any thread, living or ended. False: it is not known.
bool find_origin(const ThreadRecord& thread, uintptr_t address, uintptr_t site, HoldOrigin& copy);

}  // namespace lockwrap::locks
