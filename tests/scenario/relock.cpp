// relock: a producer signals with the mutex locked and keeps it: the consumers are awake, and wait for the mutex. That is contention, and
// the producer's fault; a wait that times out or is cancelled meanwhile is the same.
#include <condition_variable>

#include "scenario.h"

static pthread_mutex_t queue_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static bool full = false;
static std::atomic<bool> waiting = false;  // set with the mutex locked, which the wait gives up
static std::atomic<long long> signalled_ns = 0;
static std::atomic<long long> relock_ns = 0;
constexpr int kRounds = 10;

static void unlock(void*) {
  relock_ns += now_ns() - signalled_ns;
  pthread_mutex_unlock(&queue_lock);
}

NOINLINE static void consume() {
  pthread_mutex_lock(&queue_lock);
  pthread_cleanup_push(unlock, nullptr);
  waiting = true;
  while (!full) pthread_cond_wait(&filled, &queue_lock);
  pthread_cleanup_pop(1);
}

NOINLINE static void consume_in_time(long milliseconds) {
  timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += (until.tv_nsec + milliseconds * 1'000'000) / 1'000'000'000;
  until.tv_nsec = (until.tv_nsec + milliseconds * 1'000'000) % 1'000'000'000;
  pthread_mutex_lock(&queue_lock);
  waiting = true;
  pthread_cond_timedwait(&filled, &queue_lock, &until);
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  relock_ns += (now.tv_sec - until.tv_sec) * 1'000'000'000LL + now.tv_nsec - until.tv_nsec;
  pthread_mutex_unlock(&queue_lock);
}

// What wakes the consumer comes while the mutex is locked, and 15 ms pass until it is unlocked.
template <class Wake>
NOINLINE static void produce(Wake wake) {
  while (!waiting) sched_yield();
  pthread_mutex_lock(&queue_lock);
  waiting = false;
  full = true;
  signalled_ns = now_ns();
  wake();
  pass_ms(15);
  pthread_mutex_unlock(&queue_lock);
}

int main() {
  for (int round = 0; round < kRounds; ++round) {
    full = false;
    std::thread consumer(consume);
    produce([] { pthread_cond_signal(&filled); });
    consumer.join();
    full = false;
    pthread_t cancelled;
    pthread_create(&cancelled, nullptr, [](void*) -> void* { return consume(), nullptr; }, nullptr);
    produce([&] { pthread_cancel(cancelled); });
    pthread_join(cancelled, nullptr);
    full = false;
    std::thread late(consume_in_time, 20);
    produce([] { pass_ms(20); });
    late.join();
  }
  printf("relock_ns=%lld\n", relock_ns.load());
}
