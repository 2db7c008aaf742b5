// pthread's and C11's locks in the shape of the C++ library's, so that one function template serves all of them.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

#include <shared_mutex>

#include "findings.h"

// What glibc alone has.
#if defined(__GLIBC__)
constexpr bool kIsGlibc = true;
inline int adaptive_kind() { return PTHREAD_MUTEX_ADAPTIVE_NP; }
inline void let_writers_first(pthread_rwlockattr_t& attributes) {
  CHECK(pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0);
}
#else
constexpr bool kIsGlibc = false;
inline int adaptive_kind() { cannot_be_here("this libc has no adaptive mutexes"); }
inline void let_writers_first(pthread_rwlockattr_t&) { cannot_be_here("this libc has no locks on which a waiting writer comes first"); }
#endif

class PthreadMutex {
 public:
  explicit PthreadMutex(int type = PTHREAD_MUTEX_NORMAL, int protocol = PTHREAD_PRIO_NONE, int robust = PTHREAD_MUTEX_STALLED,
                        int shared = PTHREAD_PROCESS_PRIVATE) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0 && pthread_mutexattr_settype(&attributes, type) == 0);
    CHECK(pthread_mutexattr_setprotocol(&attributes, protocol) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, robust) == 0);
    CHECK(pthread_mutexattr_setpshared(&attributes, shared) == 0);
    CHECK(pthread_mutex_init(&mutex_, &attributes) == 0 && pthread_mutexattr_destroy(&attributes) == 0);
  }
  void lock() { CHECK(pthread_mutex_lock(&mutex_) == 0); }
  bool try_lock() { return pthread_mutex_trylock(&mutex_) == 0; }
  bool try_lock_for_ms(long milliseconds) {
    const timespec end = after_ms(CLOCK_REALTIME, milliseconds);
    const int result = pthread_mutex_timedlock(&mutex_, &end);
    CHECK(result == 0 || result == ETIMEDOUT);
    return result == 0;
  }
  void unlock() { CHECK(pthread_mutex_unlock(&mutex_) == 0); }
  void destroy() { CHECK(pthread_mutex_destroy(&mutex_) == 0); }
  pthread_mutex_t* get() { return &mutex_; }

 private:
  pthread_mutex_t mutex_;
};

class C11Mutex {
 public:
  C11Mutex() { CHECK(mtx_init(&mutex_, mtx_plain) == thrd_success); }
  void lock() { CHECK(mtx_lock(&mutex_) == thrd_success); }
  void unlock() { CHECK(mtx_unlock(&mutex_) == thrd_success); }

 private:
  mtx_t mutex_;
};

class SpinLock {
 public:
  SpinLock() { CHECK(pthread_spin_init(&lock_, PTHREAD_PROCESS_PRIVATE) == 0); }
  void lock() { CHECK(pthread_spin_lock(&lock_) == 0); }
  void unlock() { CHECK(pthread_spin_unlock(&lock_) == 0); }

 private:
  pthread_spinlock_t lock_;
};

// A semaphore for a lock: it has no owner.
class SemaphoreLock {
 public:
  SemaphoreLock() { CHECK(sem_init(&semaphore_, 0, 1) == 0); }
  void lock() { CHECK(sem_wait(&semaphore_) == 0); }
  void unlock() { CHECK(sem_post(&semaphore_) == 0); }

 private:
  sem_t semaphore_;
};

// New readers queue behind a waiting writer, also those that read already.
class WritersFirst {
 public:
  WritersFirst() {
    pthread_rwlockattr_t attributes;
    CHECK(pthread_rwlockattr_init(&attributes) == 0);
    let_writers_first(attributes);
    CHECK(pthread_rwlock_init(&lock_, &attributes) == 0);
  }
  void lock() { CHECK(pthread_rwlock_wrlock(&lock_) == 0); }
  void unlock() { CHECK(pthread_rwlock_unlock(&lock_) == 0); }
  void lock_shared() { CHECK(pthread_rwlock_rdlock(&lock_) == 0); }
  void unlock_shared() { unlock(); }
  // While somebody reads: a new reader is turned away only when a writer waits.
  void wait_for_waiting_writer() {
    while (pthread_rwlock_tryrdlock(&lock_) == 0) {
      unlock_shared();
      sched_yield();
    }
  }

 private:
  pthread_rwlock_t lock_;
};

// The readers' side of a lock.
template <class Shared>
class Reading {
 public:
  explicit Reading(Shared& lock) : lock_(lock) {}
  void lock() { lock_.lock_shared(); }
  void unlock() { lock_.unlock_shared(); }

 private:
  Shared& lock_;
};
