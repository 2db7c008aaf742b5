// When a call is a misuse. Each rule needs two witnesses: what lockwrap has seen, and what libc notes in the lock itself (its owner's
// thread id, which must be a thread of this process). Where libc notes nothing, or answers with an error itself, a rule is
// silent. Kinds that libc checks (recursive, errorcheck), that processes share, and robust ones are left to libc.
// All but two are called before the real call; for the calling thread, and are signal-safe.
// Runs: inside slow calls.
#pragma once

#include <pthread.h>

#include "runtime/locks/thread_record.h"
#include "runtime/misuse/finding.h"

namespace lockwrap::misuse {

// A call that waits without a time limit finds the mutex taken, by the thread itself.
Finding check_wait(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site);
// A mutex that the thread of this record had when it ended. Costs a system call for each entry that its list has, or had. Called when
// the record is given to another thread, and at the end of the process.
Finding check_ended(const locks::ThreadRecord& ended);
// Such a wait has lasted: the thread that has the mutex is gone. Costs system calls.
Finding check_long_wait(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site);
Finding check_long_wait(locks::ThreadRecord& thread, const pthread_rwlock_t* lock, bool is_reader, uintptr_t site);
// A writer that will wait for itself.
Finding check_write_wait(locks::ThreadRecord& thread, const pthread_rwlock_t* lock, uintptr_t site);
// An unlock of a mutex that is not in the thread's held list.
Finding check_unlock(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site);
// libc has refused to destroy the mutex.
Finding check_refused_destroy(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site);
Finding check_destroy(locks::ThreadRecord& thread, const pthread_rwlock_t* lock, uintptr_t site);
Finding check_init(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site);
// The process becomes another program.
Finding check_exec(locks::ThreadRecord& thread, uintptr_t site);
// A call that must not be made with a lock held. `held` is filled in, for the finding.
Finding check_call(locks::ThreadRecord& thread, const char* call, uintptr_t site, HeldLocks& held);
// A condition wait with a mutex that is not in the thread's held list.
Finding check_condition_mutex(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, const void* condition, uintptr_t site);
// Two mutexes at one condition. Also tells others with which mutex this thread waits, until the wait ends; after the wait has begun to
// be counted.
Finding check_condition(locks::ThreadRecord& thread, const pthread_mutex_t* mutex, const void* condition, bool is_timed,
                        bool may_be_woken_unseen, uintptr_t site);

}  // namespace lockwrap::misuse
