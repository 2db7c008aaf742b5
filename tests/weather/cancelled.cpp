// A thread is cancelled in each kind of wait, again and again: when it sleeps there, and at any moment. Afterwards the lock is free, or its
// owner's, and nothing is left in anybody's list.
#include <semaphore.h>

#include "weather.h"

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
pthread_barrier_t barrier;
sem_t semaphore;
std::atomic<pid_t> id;

const timespec far_future{4'000'000'000, 0};

void unlock_mutex(void*) { CHECK(pthread_mutex_unlock(&mutex) == 0); }

template <class Wait>
void with_mutex(Wait wait) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  pthread_cleanup_push(unlock_mutex, nullptr);
  for (;;) wait();
  pthread_cleanup_pop(1);
}

void in_condition() { with_mutex([] { pthread_cond_wait(&condition, &mutex); }); }
void in_timed_condition() { with_mutex([] { pthread_cond_timedwait(&condition, &mutex, &far_future); }); }
void in_semaphore() {
  for (;;) sem_wait(&semaphore);
}
void in_timed_semaphore() {
  for (;;) sem_timedwait(&semaphore, &far_future);
}
void in_join() {
  const pthread_t other = start([](void*) -> void* {
    for (;;) pause();
  });
  struct Cleanup {
    static void cancel(void* thread) {
      CHECK(pthread_cancel(*static_cast<pthread_t*>(thread)) == 0);
      CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr) == 0);
      CHECK(pthread_join(*static_cast<pthread_t*>(thread), nullptr) == 0);
    }
  };
  pthread_t joined = other;
  pthread_cleanup_push(Cleanup::cancel, &joined);
  pthread_join(other, nullptr);
  pthread_cleanup_pop(0);
}
// No cancellation points: the thread waits on, gets what it wants, and is cancelled at the next one.
void in_mutex() {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  for (;;) pthread_testcancel();
}
void in_rwlock_read() {
  CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
  CHECK(pthread_rwlock_unlock(&rwlock) == 0);
  for (;;) pthread_testcancel();
}
void in_rwlock_write() {
  CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
  CHECK(pthread_rwlock_unlock(&rwlock) == 0);
  for (;;) pthread_testcancel();
}
void in_barrier() {
  pthread_barrier_wait(&barrier);
  for (;;) pthread_testcancel();
}

template <void (*wait)()>
void* run(void*) {
  id = thread_id();
  wait();
  return nullptr;
}

struct Kind {
  const char* name;
  void* (*run)(void*);
  void (*before)();
  void (*after_cancel)();
};
const Kind kinds[] = {
    {"condition", run<in_condition>, [] {}, [] {}},
    {"timed condition", run<in_timed_condition>, [] {}, [] {}},
    {"semaphore", run<in_semaphore>, [] {}, [] {}},
    {"timed semaphore", run<in_timed_semaphore>, [] {}, [] {}},
    {"join", run<in_join>, [] {}, [] {}},
    {"mutex", run<in_mutex>, [] { CHECK(pthread_mutex_lock(&mutex) == 0); }, [] { CHECK(pthread_mutex_unlock(&mutex) == 0); }},
    {"rwlock, reading", run<in_rwlock_read>, [] { CHECK(pthread_rwlock_wrlock(&rwlock) == 0); },
     [] { CHECK(pthread_rwlock_unlock(&rwlock) == 0); }},
    {"rwlock, writing", run<in_rwlock_write>, [] { CHECK(pthread_rwlock_rdlock(&rwlock) == 0); },
     [] { CHECK(pthread_rwlock_unlock(&rwlock) == 0); }},
    {"barrier", run<in_barrier>, [] {}, [] { pthread_barrier_wait(&barrier); }},
};

void end_thread(const Kind& kind, pthread_t thread) {
  CHECK(pthread_cancel(thread) == 0);
  kind.after_cancel();
  void* result;
  CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
  CHECK(pthread_mutex_trylock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
  CHECK(pthread_rwlock_trywrlock(&rwlock) == 0 && pthread_rwlock_unlock(&rwlock) == 0);
  CHECK_HELD(0);
}

}  // namespace

int main(int argument_count, char** arguments) {
  const int count = rounds(argument_count, arguments, 60);
  CHECK(pthread_barrier_init(&barrier, nullptr, 2) == 0 && sem_init(&semaphore, 0, 0) == 0);
  for (const Kind& kind : kinds) {
    for (int i = 0; i < count; ++i) {
      kind.before();
      id = 0;
      const pthread_t thread = start(kind.run);
      // A barrier that is cancelled before it would never be left by the other side.
      if (i % 2 == 0 || !strcmp(kind.name, "barrier")) wait_until_asleep(id);
      else pass_us(i % 17);
      end_thread(kind, thread);
    }
    printf("%s=%d\n", kind.name, count);
  }
}
