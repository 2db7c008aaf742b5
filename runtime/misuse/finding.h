// A misuse of a lock, and that each is told once a place.
// Runs: when a rule has found one.
#pragma once

#include <cstdint>

#include "runtime/base/told_places.h"
#include "runtime/locks/lock_record.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::misuse {

enum class Misuse : uint8_t {
  kNone,
  kRelock,              // a thread waits for a mutex that it has
  kUpgrade,             // a reader waits to write
  kUnlockByStranger,    // another thread has the mutex
  kUnlockOfFree,        // nobody has it
  kDestroyHeld,
  kDestroyWaitedWith,   // a condition wait will take the mutex again
  kInitHeld,
  kHeldAtEnd,           // a thread ended, and nobody waits for the lock yet
  kOwnerGone,           // waited for, and the thread that has it ended
  kHeldAtFork,          // waited for in a forked child, and held by a thread of its parent
  kHeldAtExec,
  kWaitWithoutMutex,    // a condition wait whose mutex the thread has not
  kWaitWithTwoMutexes,  // of two threads at one condition
  kHeldInCall,          // a call that must not be made with a lock held
};

// The thread that is in it never goes on: told as a deadlock.
constexpr bool is_deadlock(Misuse kind) {
  return kind == Misuse::kRelock || kind == Misuse::kUpgrade || kind == Misuse::kOwnerGone || kind == Misuse::kHeldAtFork;
}

// What a thread holds.
struct HeldLock {
  uintptr_t lock;
  uintptr_t site;  // of the call that took it
  locks::LockKind kind;
  bool is_reader;
};
struct HeldLocks {
  static constexpr uint32_t kMost = 8;  // further ones are counted
  HeldLock locks[kMost];                // in the order in which they were taken
  uint32_t count = 0;
};

// Found by a rule in the calling thread. kNone: nothing was found, and nothing else is filled in.
struct Finding {
  Misuse kind = Misuse::kNone;
  locks::LockKind lock_kind = locks::LockKind::kMutex;
  uintptr_t lock = 0;
  uintptr_t site = 0;        // return address of the call that misuses it
  uint32_t thread_id = 0;    // who makes that call
  uint32_t owner_id = 0;     // who has the lock; 0: nobody. Of two mutexes: the other waiter
  uintptr_t owner_site = 0;  // of the call that took it, or of the other wait; 0: not known
  const locks::ThreadRecord* owner = nullptr;  // the owner's record; null: not known
  uintptr_t condition = 0;
  uintptr_t other_lock = 0;  // the other waiter's mutex
  bool is_reader = false;    // the owner
  const char* call = nullptr;       // kHeldInCall: its name
  const HeldLocks* held = nullptr;  // of it; `owner_site` is that of the first one

  explicit operator bool() const { return kind != Misuse::kNone; }
};

// Cleared in a forked child; not the places, so that a program's many children do not tell the same again.
base::FindingCounts& counts();

// Counts the finding. True: it is the first of its kind at its two places, and is to be told. Thread-safe and signal-safe.
bool is_new(const Finding& finding);

}  // namespace lockwrap::misuse
