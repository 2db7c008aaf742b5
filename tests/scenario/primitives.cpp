// One wait for each primitive, of a length that tells them apart in the report.
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

#include <condition_variable>
#include <shared_mutex>

#include "scenario.h"

std::shared_mutex prices;
pthread_spinlock_t ticket;
sem_t slots;
std::condition_variable work_came;
std::mutex work;
pthread_barrier_t all_here;
std::once_flag configured;
std::atomic<int> futex_like;
std::mutex stop;

NOINLINE void scan() { const std::shared_lock reading(prices); }
NOINLINE void update() { const std::lock_guard writing(prices); }
// Not as their last call, which would leave no frame of theirs.
void succeed(int result) {
  if (result != 0 && result != PTHREAD_BARRIER_SERIAL_THREAD) std::abort();
}
NOINLINE void take_slot() { succeed(sem_wait(&slots)); }
NOINLINE void give_slot() { succeed(sem_post(&slots)); }
NOINLINE void consume(bool& ready) {
  std::unique_lock guard(work);
  work_came.wait(guard, [&] { return ready; });
}
NOINLINE void produce(bool& ready) {
  const std::lock_guard guard(work);
  ready = true;
  work_came.notify_one();
}
NOINLINE void arrive() { succeed(pthread_barrier_wait(&all_here)); }
NOINLINE void configure() { std::call_once(configured, [] { const std::lock_guard guard(stop); }); }
NOINLINE void spin() {
  pthread_spin_lock(&ticket);
  pthread_spin_unlock(&ticket);
}
NOINLINE void take_own_lock() {
  if (futex_like.exchange(1)) {
    lockwrap_waiting(&futex_like);
    while (futex_like.exchange(1)) pass_ms(1);
  }
  lockwrap_acquired(&futex_like);
}
NOINLINE void drop_own_lock() {
  lockwrap_released(&futex_like);
  futex_like.store(0);
}

// Until another thread is in `wait`: it burns or naps, and cannot be seen to sleep.
template <class Wait, class Release>
void make_busy_wait(Wait wait, Release release) {
  std::atomic<bool> begun = false;
  std::thread waiter([&] {
    begun = true;
    wait();
  });
  while (!begun) pass_ms(1);
  pass_ms(30);
  release();
  waiter.join();
}

int main() {
  prices.lock_shared();
  {
    const WaitingThread writer([] { update(); });
    pass_ms(20);
    prices.unlock_shared();
  }
  prices.lock();
  {
    const WaitingThread reader([] { scan(); });
    pass_ms(20);
    prices.unlock();
  }
  sem_init(&slots, 0, 0);
  {
    const WaitingThread waiter([] { take_slot(); });
    give_slot();
  }
  bool ready = false;
  {
    const WaitingThread waiter([&] { consume(ready); });
    produce(ready);
  }
  pthread_barrier_init(&all_here, nullptr, 2);
  {
    const WaitingThread waiter([] { arrive(); });
    arrive();
  }
  stop.lock();
  {
    const WaitingThread initialiser([] { configure(); });
    const WaitingThread second([] { configure(); });
    stop.unlock();
  }
  pthread_spin_init(&ticket, 0);
  pthread_spin_lock(&ticket);
  make_busy_wait([] { spin(); }, [] { pthread_spin_unlock(&ticket); });
  take_own_lock();
  make_busy_wait([] { take_own_lock(); drop_own_lock(); }, [] { drop_own_lock(); });
  update();
  std::puts("done");
}
