// Waits that last and end by themselves: long holds, conditions, semaphores, barriers, initialisers, joins.
#include <condition_variable>
#include <deque>

#include "locks.h"

namespace {

std::mutex accounts, journal;
std::shared_mutex prices;

void long_hold() {
  accounts.lock();
  std::vector<std::thread> waiters;
  for (int i = 0; i < 20; ++i) waiters.emplace_back([] { accounts.lock(), accounts.unlock(); });
  pass_ms(300);
  accounts.unlock();
  for (std::thread& waiter : waiters) waiter.join();
}

// Each holds a lock and waits for the next one's; the last one works for a while.
void chain_of_waiters() {
  std::mutex locks[6];
  Meeting all_hold(6);
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      const std::lock_guard own(locks[i]);
      all_hold.attend();
      if (i == 5) pass_ms(400);
      else locks[i + 1].lock(), locks[i + 1].unlock();
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Who holds and who waits changes all the time, and everybody waits most of it.
void busy_exchange() {
  std::mutex locks[3];
  const auto end = now_ns() + 600'000'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      while (now_ns() < end) {
        const std::scoped_lock both(locks[i % 3], locks[(i + 1) % 3]);
        pass_ms(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

void readers_and_a_writer() {
  std::atomic<bool> has_written = false;
  std::atomic<bool> wants_to_write = false;  // readers come first: without this the writer may starve, and that is stuck
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100 || (!has_written && round < 5000); ++round) {
        while (wants_to_write) pass_ms(1);
        prices.lock_shared();
        sched_yield();
        prices.unlock_shared();
        if (round % 5 == 4) pass_ms(2);
      }
    });
  }
  threads.emplace_back([&] {
    for (int i = 0; i < 5; ++i) {
      wants_to_write = true;
      prices.lock();
      wants_to_write = false;
      pass_ms(30);
      prices.unlock();
    }
    has_written = true;
  });
  for (std::thread& thread : threads) thread.join();
}

// The default lock prefers readers: a waiting writer does not keep a reader out.
void read_again_before_writer() {
  prices.lock_shared();
  {
    const WaitingThread writer([] { prices.lock(), prices.unlock(); });
    pass_ms(150);
    prices.lock_shared();
    prices.unlock_shared();
    prices.unlock_shared();
  }
}

void condition_by_third() {
  std::condition_variable changed;
  int step = 0;
  const auto wait_for = [&](int wanted) {
    std::unique_lock lock(journal);
    changed.wait(lock, [&] { return step >= wanted; });
    ++step;
    changed.notify_all();
  };
  std::thread first([&] { wait_for(1); }), second([&] { wait_for(2); });
  pass_ms(300);
  std::thread([&] {
    const std::lock_guard guard(journal);
    step = 1;
    changed.notify_all();
  }).join();
  first.join(), second.join();
}

// A condition wait for one mutex with another one held, signalled by a thread that needs only the first.
void condition_below_a_lock() {
  std::condition_variable changed;
  bool is_ready = false;
  std::thread waiter([&] {
    const std::lock_guard outer(accounts);
    std::unique_lock lock(journal);
    changed.wait(lock, [&] { return is_ready; });
  });
  pass_ms(250);
  {
    const std::lock_guard guard(journal);
    is_ready = true;
  }
  changed.notify_one();
  waiter.join();
}

void producer_and_consumer() {
  std::condition_variable not_full, not_empty;
  std::deque<int> queue;
  together({[&] {
              for (int i = 0; i < 2000; ++i) {
                std::unique_lock lock(journal);
                not_full.wait(lock, [&] { return queue.size() < 3; });
                queue.push_back(i);
                not_empty.notify_one();
              }
            },
            [&] {
              for (int i = 0; i < 2000; ++i) {
                std::unique_lock lock(journal);
                not_empty.wait(lock, [&] { return !queue.empty(); });
                CHECK(queue.front() == i);
                queue.pop_front();
                not_full.notify_one();
              }
            }});
}

void semaphore_handed_over() {
  sem_t mine, yours;
  CHECK(sem_init(&mine, 0, 1) == 0 && sem_init(&yours, 0, 0) == 0);
  const auto play = [](sem_t* wait, sem_t* post) {
    for (int i = 0; i < 500; ++i) {
      CHECK(sem_wait(wait) == 0);
      accounts.lock(), accounts.unlock();
      CHECK(sem_post(post) == 0);
    }
  };
  together({[&] { play(&mine, &yours); }, [&] { play(&yours, &mine); }});
}

// A thread waits for a semaphore with a lock held; who posts it needs no lock.
void semaphore_below_a_lock() {
  sem_t ready;
  CHECK(sem_init(&ready, 0, 0) == 0);
  std::thread waiter([&] {
    const std::lock_guard guard(accounts);
    CHECK(sem_wait(&ready) == 0);
  });
  std::thread queued([] { accounts.lock(), accounts.unlock(); });
  pass_ms(300);
  CHECK(sem_post(&ready) == 0);
  waiter.join(), queued.join();
}

void barrier_rounds() {
  pthread_barrier_t barrier;
  CHECK(pthread_barrier_init(&barrier, nullptr, 4) == 0);
  std::atomic<int> slow = 0;
  together({[&] {
    for (int round = 0; round < 20; ++round) {
      if (slow++ == 0) pass_ms(250);
      take_both(accounts, journal);
      pthread_barrier_wait(&barrier);
    }
  }}, 4);
}

void once_for_many() {
  std::once_flag flag;
  std::atomic<int> calls = 0;
  together({[&] {
    std::call_once(flag, [&] {
      const std::lock_guard guard(accounts);
      pass_ms(250);
      ++calls;
    });
  }}, 8);
  CHECK(calls == 1);
}

void once_in_another() {
  static pthread_once_t outer = PTHREAD_ONCE_INIT, inner = PTHREAD_ONCE_INIT;
  together({[] {
    pthread_once(&outer, [] { pthread_once(&inner, [] { pass_ms(200); }); });
  }}, 4);
}

void join_that_takes_long() {
  std::thread slow([] { pass_ms(500); });
  slow.join();
}

// It joins with a lock that others wait for, and the joined thread needs it not.
void join_below_a_lock() {
  accounts.lock();
  std::thread queued([] { accounts.lock(), accounts.unlock(); });
  std::thread([] {
    journal.lock(), journal.unlock();
    pass_ms(300);
  }).join();
  accounts.unlock();
  queued.join();
}

void child_waited_for() {
  const std::lock_guard guard(accounts);
  std::thread queued([] { journal.lock(), journal.unlock(); });
  in_child([] { pass_ms(300); });
  queued.join();
}

void idle_pool() {
  struct Pool {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<int> jobs;
    bool is_closed = false;
    void work() {
      std::unique_lock lock(mutex);
      for (;;) {
        changed.wait(lock, [this] { return is_closed || !jobs.empty(); });
        if (jobs.empty()) return;
        jobs.pop_front();
        lock.unlock();
        take_both(accounts, journal);
        lock.lock();
      }
    }
  } pool;
  std::vector<std::thread> workers;
  for (int i = 0; i < 6; ++i) workers.emplace_back([&] { pool.work(); });
  for (int i = 0; i < 300; ++i) {
    const std::lock_guard guard(pool.mutex);
    pool.jobs.push_back(i);
    pool.changed.notify_one();
  }
  pass_ms(1300);  // idle for longer than a lock may be waited for in stuck.*
  pool.mutex.lock();
  pool.is_closed = true;
  pool.mutex.unlock();
  pool.changed.notify_all();
  for (std::thread& worker : workers) worker.join();
}

constexpr Case kCases[] = {
    CASE(long_hold, Expect::kSilent, "twenty threads wait 0.3 s for one that works"),
    CASE(chain_of_waiters, Expect::kSilent, "six threads wait in a chain whose last one works for 0.4 s"),
    CASE(busy_exchange, Expect::kSilent, "six threads swap three locks by std::scoped_lock for 0.6 s"),
    CASE(readers_and_a_writer, Expect::kSilent, "eight readers that pause now and then, and a writer"),
    CASE(read_again_before_writer, Expect::kSilent, "reads again while a writer waits; readers first"),
    CASE(condition_by_third, Expect::kSilent, "two threads wait for each other's condition, a third one begins"),
    CASE(condition_below_a_lock, Expect::kSilent, "a condition wait with another lock held, signalled"),
    CASE(producer_and_consumer, Expect::kSilent, "a bounded queue with two conditions"),
    CASE(semaphore_handed_over, Expect::kSilent, "two threads play ping-pong with semaphores (Helgrind: tc17_sembar)"),
    CASE(semaphore_below_a_lock, Expect::kSilent, "a semaphore wait with a lock held, posted"),
    CASE(barrier_rounds, Expect::kSilent, "nested locks between rounds of a barrier"),
    CASE(once_for_many, Expect::kSilent, "eight threads, one initialiser that takes a lock and 0.25 s"),
    CASE(once_in_another, Expect::kSilent, "an initialiser that calls another one"),
    CASE(join_that_takes_long, Expect::kSilent, "joins a thread that lives for 0.5 s"),
    CASE(join_below_a_lock, Expect::kSilent, "joins with a lock that a third thread waits for"),
    CASE(child_waited_for, Expect::kSilent, "waits for a child process with a lock held"),
    CASE(idle_pool, Expect::kSilent, "a thread pool that idles for 1.3 s and is shut down"),
};

}  // namespace

std::span<const Case> silent_waits() { return kCases; }
