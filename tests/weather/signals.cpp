// Signals at a high rate into threads that lock, wait and release. The handler posts a semaphore and tries locks, also the one that its
// thread holds or waits for, and releases what it got. Every post must arrive, and no lock be lost.
#include <semaphore.h>

#include "weather.h"

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_spinlock_t spin;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
sem_t posted;
std::atomic<long> posts;
std::atomic<long> taken;
std::atomic<bool> stop;

void handle(int) {
  const int saved_errno = errno;
  if (pthread_mutex_trylock(&other) == 0) {
    ++taken;
    CHECK(pthread_mutex_unlock(&other) == 0);
  }
  if (pthread_mutex_trylock(&mutex) == 0) CHECK(pthread_mutex_unlock(&mutex) == 0);
  if (pthread_rwlock_trywrlock(&rwlock) == 0) CHECK(pthread_rwlock_unlock(&rwlock) == 0);
  if (pthread_spin_trylock(&spin) == 0) CHECK(pthread_spin_unlock(&spin) == 0);
  CHECK(sem_post(&posted) == 0);
  ++posts;
  errno = saved_errno;
}

long guarded;

void* work(void*) {
  for (long i = 0; !stop; ++i) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    ++guarded;
    if (i % 50 == 0) {
      const timespec soon = after_ms(CLOCK_REALTIME, 1);
      const int result = pthread_cond_timedwait(&condition, &mutex, &soon);
      CHECK(result == 0 || result == ETIMEDOUT);
    }
    CHECK(pthread_mutex_lock(&other) == 0);
    CHECK(pthread_mutex_unlock(&other) == 0);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK((i % 3 ? pthread_rwlock_rdlock(&rwlock) : pthread_rwlock_wrlock(&rwlock)) == 0);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    if (i % 20 == 0) {
      CHECK(pthread_spin_lock(&spin) == 0);
      CHECK(pthread_spin_unlock(&spin) == 0);
    }
    CHECK_HELD(0);
  }
  return nullptr;
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int count = rounds(argument_count, arguments, 40) * 1000;
  CHECK(sem_init(&posted, 0, 0) == 0 && pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
  struct sigaction action = {};
  action.sa_handler = handle;
  CHECK(sigaction(SIGUSR1, &action, nullptr) == 0);
  pthread_t threads[4];
  for (pthread_t& thread : threads) thread = start(work);
  for (int i = 0; i < count; ++i) {
    CHECK(pthread_kill(threads[i % 4], SIGUSR1) == 0);
    if (i % 8 == 0) sched_yield();
  }
  stop = true;
  for (const pthread_t thread : threads) CHECK(pthread_join(thread, nullptr) == 0);
  long received = 0;
  while (sem_trywait(&posted) == 0) ++received;
  CHECK(received == posts && posts > 0 && taken > 0 && guarded > 0);
  CHECK_HELD(0);
}
