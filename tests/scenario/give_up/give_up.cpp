// Threads that lock up, under on_deadlock=error: one call of each deadlock fails, the thread that made it releases what it has, and all
// others get what they wait for. give_up CASE prints `failed=N`, how many calls failed, and `deadlocks=N`, how many there were; it ends
// only if all threads got on.
#include <threads.h>

#include <barrier>
#include <shared_mutex>
#include <system_error>
#include <vector>

#include "../scenario.h"

namespace {

// Locks that say whether they were taken; false: the call failed, with the error that it must have.
template <class Lock>
bool is_taken(Lock lock) {
  try {
    lock();
    return true;
  } catch (const std::system_error& error) {
    CHECK(error.code() == std::errc::resource_deadlock_would_occur);
    return false;
  }
}
bool is_taken(int result) {
  CHECK(result == 0 || result == EDEADLK);
  return result == 0;
}

struct Mutex {
  std::mutex mutex;
  bool lock() { return is_taken([&] { mutex.lock(); }); }
  void unlock() { mutex.unlock(); }
};

struct Writing {
  std::shared_mutex& mutex;
  bool lock() { return is_taken([&] { mutex.lock(); }); }
  void unlock() { mutex.unlock(); }
};

struct Reading {
  std::shared_mutex& mutex;
  bool lock() { return is_taken([&] { mutex.lock_shared(); }); }
  void unlock() { mutex.unlock_shared(); }
};

struct C11Mutex {
  mtx_t mutex;
  C11Mutex() { CHECK(mtx_init(&mutex, mtx_plain) == thrd_success); }
  bool lock() {
    const int result = mtx_lock(&mutex);
    CHECK(result == thrd_success || result == thrd_error);
    return result == thrd_success;
  }
  void unlock() { CHECK(mtx_unlock(&mutex) == thrd_success); }
};

std::atomic<int> failed;
int deadlocks = 1;

// One thread of a deadlock: it wants the second when all have their first. Returns whether it got it.
template <class First, class Second>
NOINLINE bool take_both(First& first, Second& second, std::barrier<>& all_hold) {
  CHECK(first.lock());
  all_hold.arrive_and_wait();
  const bool has_second = second.lock();
  if (has_second) second.unlock();
  else ++failed;
  first.unlock();
  return has_second;
}

// Each way in a thread of its own, until both have ended.
template <class A, class B, class C, class D>
void cross(A first, B second, C other_first, D other_second) {
  std::barrier both_hold(2);
  std::thread one([&] { take_both(first, second, both_hold); });
  take_both(other_first, other_second, both_hold);
  one.join();
}

std::shared_mutex prices, routes;
void readers() { cross(Reading{prices}, Writing{routes}, Reading{routes}, Writing{prices}); }
void writers() { cross(Writing{prices}, Reading{routes}, Writing{routes}, Reading{prices}); }

void c11_mutexes() {
  static C11Mutex accounts, journal;
  std::barrier both_hold(2);
  std::thread one([&] { take_both(accounts, journal, both_hold); });
  take_both(journal, accounts, both_hold);
  one.join();
}

// A reader wants to read again, behind a writer that waits for it.
void writer_between() {
  pthread_rwlockattr_t attributes;
  CHECK(pthread_rwlockattr_init(&attributes) == 0);
#if defined(__GLIBC__)  // musl has no such kind, and the case is not for it
  CHECK(pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0);
#endif
  pthread_rwlock_t table;
  CHECK(pthread_rwlock_init(&table, &attributes) == 0);
  const auto read = [&] { return is_taken(pthread_rwlock_rdlock(&table)); };
  const auto unlock = [&] { CHECK(pthread_rwlock_unlock(&table) == 0); };
  CHECK(read());
  {
    const WaitingThread writer([&] {
      if (is_taken(pthread_rwlock_wrlock(&table))) unlock();
      else ++failed;
    });
    if (read()) unlock();
    else ++failed;
    unlock();
  }
  CHECK(pthread_rwlock_destroy(&table) == 0);
}

void ring(int size) {
  std::vector<Mutex> forks(size);
  std::barrier all_hold(size);
  std::vector<std::thread> philosophers;
  for (int i = 0; i < size; ++i) philosophers.emplace_back([&, i] { take_both(forks[i], forks[(i + 1) % size], all_hold); });
  for (std::thread& philosopher : philosophers) philosopher.join();
}
void ring_of_three() { ring(3); }

void rings() {
  for (const int size : {2, 3, 4}) ring(size);
  deadlocks = 3;
}

// Many pairs at the same time, each again and again: the threads of a pair look at the same moments, and all search at once. Each pair
// takes turns in giving up.
void pairs() {
  constexpr int kPairs = 16, kRounds = 16;
  struct Pair {
    Mutex one, other;
    int one_failed = 0, other_failed = 0;
  };
  std::vector<Pair> pairs(kPairs);
  std::vector<std::thread> threads;
  for (Pair& pair : pairs) {
    threads.emplace_back([&pair] {
      std::barrier<> both_hold(2), both_done(2);
      std::thread partner([&] {
        for (int round = 0; round < kRounds; ++round) {
          pair.other_failed += !take_both(pair.other, pair.one, both_hold);
          both_done.arrive_and_wait();
        }
      });
      for (int round = 0; round < kRounds; ++round) {
        pair.one_failed += !take_both(pair.one, pair.other, both_hold);
        both_done.arrive_and_wait();
      }
      partner.join();
    });
  }
  for (std::thread& thread : threads) thread.join();
  deadlocks = kPairs * kRounds;
  for (const Pair& pair : pairs) printf("pair=%d/%d\n", pair.one_failed, pair.other_failed);
}

constexpr struct {
  const char* name;
  void (*run)();
} kCases[] = {{"readers", readers},         {"writers", writers}, {"c11_mutexes", c11_mutexes}, {"writer_between", writer_between},
              {"ring_of_three", ring_of_three}, {"rings", rings},     {"pairs", pairs}};

}  // namespace

int main(int argument_count, char** arguments) {
  for (const auto& one : kCases) {
    if (argument_count < 2 || strcmp(one.name, arguments[1])) continue;
    one.run();
    printf("failed=%d\ndeadlocks=%d\n", failed.load(), deadlocks);
    return 0;
  }
  return 1;
}
