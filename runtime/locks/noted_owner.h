// Which thread has a lock, as libc notes it in the lock: the only answer that costs no search through all threads.
// Runs: where a thread waits for the lock or is about to change it, so that the lock's memory is alive.
#pragma once

#include "runtime/locks/lock_record.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/locks/rwlock_words.h"

namespace lockwrap::locks {

// Its thread id. 0: nobody; also for readers, spin locks, locks of the program's own, and all of musl's.
inline uint32_t noted_owner(LockKind kind, uintptr_t address) {
  if (kind == LockKind::kMutex) return mutex_owner(reinterpret_cast<const pthread_mutex_t*>(address));
  if (kind == LockKind::kRwlock) return rwlock_writer(reinterpret_cast<const pthread_rwlock_t*>(address));
  return 0;
}

}  // namespace lockwrap::locks
