// Orders of locks that can lock up, and do not in this run: the threads take turns.
#include <array>
#include <deque>
#include <memory>

#include "locks.h"

namespace {

std::mutex accounts, journal, index_lock, gate, other_gate;

NOINLINE void withdraw() {
  const std::lock_guard account(accounts);
  const std::lock_guard entry(journal);
}
NOINLINE void audit() {
  const std::lock_guard entry(journal);
  const std::lock_guard account(accounts);
}
void abba() { in_turn({withdraw, audit}); }

void abba_c11() {
  static C11Mutex first, second;
  take_both_ways(first, second);
}

void abba_spin() {
  static SpinLock first, second;
  take_both_ways(first, second);
}

void abba_adaptive() {
  static PthreadMutex first(adaptive_kind());
  take_both_ways(first, journal);
}

void abba_checked() {
  static PthreadMutex first(PTHREAD_MUTEX_ERRORCHECK), second(PTHREAD_MUTEX_ERRORCHECK);
  take_both_ways(first, second);
}

void abba_recursive() {
  static std::recursive_mutex tree;
  in_turn({[] { tree.lock(), take_both(tree, journal), tree.unlock(); }, [] { take_both(journal, tree); }});
}

void abba_robust() {
  static PthreadMutex first(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
  take_both_ways(first, journal);
}

void use_others() {
  static std::mutex others[50];
  for (int i = 0; i < 20'000; ++i) take_both(others[i % 49], others[49]);
}
void abba_long_after() { in_turn({withdraw, use_others, audit}); }

void one_of_many() {
  Meeting all_withdrew(30), audited(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 30; ++i) threads.emplace_back([&] { withdraw(), all_withdrew.attend(), audited.wait_for_all(); });
  threads.emplace_back([&] { all_withdrew.wait_for_all(), audit(), audited.attend(); });
  for (std::thread& thread : threads) thread.join();
}

void ring(int size) {
  std::vector<std::mutex> forks(size);
  std::atomic<int> turn = 0;
  std::vector<std::thread> philosophers;
  for (int i = 0; i < size; ++i) {
    philosophers.emplace_back([&, i] {
      while (turn != i) sched_yield();
      take_both(forks[i], forks[(i + 1) % size]);
      ++turn;
      while (turn != size) sched_yield();
    });
  }
  for (std::thread& thread : philosophers) thread.join();
}
void ring_of_3() { ring(3); }
void ring_of_4() { ring(4); }
void philosophers() { ring(5); }

void ring_closed_in_the_middle() {
  in_turn({[] { take_both(accounts, journal); }, [] { take_both(index_lock, accounts); }, [] { take_both(journal, index_lock); }});
}

// Two of the ring's three steps by one thread at once, the lock between them released early.
void ring_of_chains() {
  in_turn({[] {
             accounts.lock(), journal.lock(), index_lock.lock();
             journal.unlock(), index_lock.unlock(), accounts.unlock();
           },
           [] { take_both(index_lock, accounts); }});
}

struct Account {
  std::mutex mutex;
  long balance = 100;
};
NOINLINE void transfer(Account& from, Account& to) {
  const std::lock_guard giver(from.mutex);
  const std::lock_guard taker(to.mutex);
  --from.balance, ++to.balance;
}
void transfers() {
  Account alice, bob;
  in_turn({[&] { transfer(alice, bob); }, [&] { transfer(bob, alice); }});
}

void same_makings() {
  std::deque<Account> customers(20), shops(20);
  in_turn({[&] {
             for (int i = 0; i < 20; ++i) transfer(customers[i], shops[i]);
           },
           [&] { transfer(shops[7], customers[7]); }});
}

void thousand_objects() {
  constexpr int kPairs = 1000;
  std::deque<Account> customers(kPairs), shops(kPairs);
  in_turn({[&] {
             for (int i = 0; i < kPairs; ++i) transfer(customers[i], shops[i]);
           },
           [&] {
             for (int i = 0; i < kPairs; ++i) transfer(shops[i], customers[i]);
           }});
}

// More than is looked at while a lock is being taken: whoever waits next looks at the rest.
void behind_thousands_of_orders() {
  static std::atomic<bool> is_told;
  const bool is_watched = lockwrap_set_finding_handler([](const char*, const char*, void*) { is_told = true; }, nullptr) == 0;
  static std::array<std::mutex, 2300> shelf;
  in_turn({[&] {
             take_both(journal, accounts);
             for (std::mutex& mutex : shelf) take_both(journal, mutex);
           },
           [&] {
             take_both(accounts, journal);
             CHECK(!is_told);
           }});
  shelf[0].lock();
  {
    const WaitingThread waiter([&] { const std::lock_guard guard(shelf[0]); });
    pass_ms(1000);
    CHECK(is_told == is_watched);
    shelf[0].unlock();
  }
}

void same_address() {
  for (int life = 0; life < 3; ++life) {
    auto first = std::make_unique<Account>(), second = std::make_unique<Account>();
    if (life < 2) transfer(*first, *second);
    else in_turn({[&] { transfer(*first, *second); }, [&] { transfer(*second, *first); }});
  }
}

void later_thread() {
  std::atomic<bool> withdrew = false, audited = false;
  std::thread early([&] {
    withdraw();
    withdrew = true;
    while (!audited) sched_yield();
  });
  while (!withdrew) sched_yield();
  std::thread late([&] { audit(), audited = true; });
  early.join(), late.join();
}

void gate_on_one_side() {
  in_turn({[] { gate.lock(), withdraw(), gate.unlock(); }, audit});
}
void two_gates() {
  in_turn({[] { gate.lock(), withdraw(), gate.unlock(); }, [] { other_gate.lock(), audit(), other_gate.unlock(); }});
}
NOINLINE void pass_gate(std::mutex& first, std::mutex& second) {
  gate.lock(), first.lock(), gate.unlock();
  second.lock(), second.unlock(), first.unlock();
}
void gate_left_too_early() {
  in_turn({[] { pass_gate(accounts, journal); }, [] { pass_gate(journal, accounts); }});
}

void tried_then_locked() {
  in_turn({[] {
             CHECK(accounts.try_lock());
             journal.lock(), journal.unlock(), accounts.unlock();
           },
           audit});
}

void timed_then_locked() {
  static PthreadMutex timed;
  in_turn({[] {
             CHECK(timed.try_lock_for_ms(1000));
             journal.lock(), journal.unlock(), timed.unlock();
           },
           [] { take_both(journal, timed); }});
}

void main_takes_part() {
  std::atomic<bool> withdrew = false;
  std::thread auditor([&] {
    while (!withdrew) sched_yield();
    audit();
  });
  withdraw();
  withdrew = true;
  auditor.join();
}

void std_lock_below_a_lock() {
  in_turn({[] {
             const std::lock_guard outer(index_lock);
             const std::scoped_lock inner(accounts, journal);
           },
           [] { take_both(accounts, index_lock); }});
}

struct Registry {
  std::mutex mutex;
  std::vector<void (*)()> observers;
  NOINLINE void notify() {
    const std::lock_guard guard(mutex);
    for (void (*observer)() : observers) observer();
  }
  NOINLINE void enrol(void (*observer)()) {
    const std::lock_guard guard(mutex);
    observers.push_back(observer);
  }
} registry;
void observe() { accounts.lock(), accounts.unlock(); }
void callback() {
  registry.enrol(observe);
  in_turn({[] { registry.notify(); },
           [] {
             const std::lock_guard guard(accounts);
             registry.enrol(observe);
           }});
}

struct Session {
  NOINLINE ~Session() { journal.lock(), journal.unlock(); }
};
void destructor() {
  in_turn({[] {
             auto session = std::make_unique<Session>();
             const std::lock_guard guard(accounts);
             session.reset();
           },
           audit});
}

void walk(std::vector<std::mutex>& list, bool forwards) {
  const size_t size = list.size();
  const auto at = [&](size_t i) -> std::mutex& { return list[forwards ? i : size - 1 - i]; };
  at(0).lock();
  for (size_t i = 1; i < size; ++i) at(i).lock(), at(i - 1).unlock();
  at(size - 1).unlock();
}
void hand_over_hand_both_ways() {
  std::vector<std::mutex> list(2);
  in_turn({[&] { walk(list, true); }, [&] { walk(list, false); }});
}

void released_in_between() {
  in_turn({[] {
             index_lock.lock(), accounts.lock(), index_lock.unlock();
             journal.lock(), journal.unlock(), accounts.unlock();
           },
           audit});
}

void below_a_hundred_locks() {
  static std::mutex held[100];
  in_turn({[] {
             for (std::mutex& mutex : held) mutex.lock();
             withdraw();
             for (std::mutex& mutex : held) mutex.unlock();
           },
           audit});
}

void condition_retake() {
  static PthreadMutex queue, table;
  static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  static bool is_ready = false;
  std::atomic<int> step = 0;
  std::thread waiter([&] {
    queue.lock(), table.lock();
    step = 1;
    while (!is_ready) CHECK(pthread_cond_wait(&changed, queue.get()) == 0);
    queue.unlock(), table.unlock();
    step = 2;
    while (step != 3) sched_yield();
  });
  while (step != 1) sched_yield();
  queue.lock();
  is_ready = true;
  CHECK(pthread_cond_signal(&changed) == 0);
  queue.unlock();
  while (step != 2) sched_yield();
  std::thread([] { take_both(queue, table); }).join();
  step = 3;
  waiter.join();
}

void in_forked_child() {
  in_child(abba);
}

constexpr Case kCases[] = {
    CASE(abba, Expect::kLockOrder, "two threads in turn, two orders (lockdep: ABBA)"),
    CASE(abba_c11, Expect::kLockOrder, "mtx_t of C11"),
    CASE(abba_spin, Expect::kLockOrder, "spin locks"),
    CASE(abba_adaptive, Expect::kLockOrder, "an adaptive mutex and a normal one"),
    CASE(abba_checked, Expect::kLockOrder, "errorcheck mutexes, which check only themselves"),
    CASE(abba_recursive, Expect::kLockOrder, "a recursive mutex, entered twice"),
    CASE(abba_robust, Expect::kLockOrder, "a robust mutex and a normal one"),
    CASE(abba_long_after, Expect::kLockOrder, "twenty thousand other nested pairs lie between the two orders"),
    CASE(one_of_many, Expect::kLockOrder, "thirty threads one way, one the other"),
    CASE(ring_of_3, Expect::kLockOrder, "three threads, three locks (lockdep: ABBCCA)"),
    CASE(ring_of_4, Expect::kLockOrder, "four threads, four locks (lockdep: ABBCCDDA)"),
    CASE(philosophers, Expect::kLockOrder, "five philosophers, one at a time (Helgrind: tc14_laog_dinphils)"),
    CASE(ring_closed_in_the_middle, Expect::kLockOrder, "the last order seen is the ring's second (lockdep: ABCABC)"),
    CASE(ring_of_chains, Expect::kLockOrder, "three locks nested one way, the outer and the inner one the other"),
    CASE(transfers, Expect::kLockOrder, "one function locks its two arguments (the bank transfer)"),
    CASE(same_makings, Expect::kLockOrder, "forty locks made in two places, one pair both ways"),
    CASE(thousand_objects, Expect::kLockOrder, "a thousand pairs of objects, each both ways, by one function"),
    CASE(behind_thousands_of_orders, Expect::kLockOrder, "the other order is the oldest of 2,301 of the same outer lock"),
    CASE(same_address, Expect::kLockOrder, "locks at the same addresses for the third time, then both ways"),
    CASE(later_thread, Expect::kLockOrder, "the second thread is created later, and the first one lives on"),
    CASE(gate_on_one_side, Expect::kLockOrder, "a gate lock that only one of them takes (Goodlock)"),
    CASE(two_gates, Expect::kLockOrder, "each has a gate lock of its own"),
    CASE(gate_left_too_early, Expect::kLockOrder, "both release the common gate before their second lock"),
    CASE(tried_then_locked, Expect::kLockOrder, "the first lock by try_lock, the second by lock"),
    CASE(timed_then_locked, Expect::kLockOrder, "the first lock by timedlock, the second by lock"),
    CASE(main_takes_part, Expect::kLockOrder, "the process's first thread one way, a thread that it created before the other"),
    CASE(std_lock_below_a_lock, Expect::kLockOrder, "std::scoped_lock of two with a third one held"),
    CASE(callback, Expect::kLockOrder, "a callback takes the lock under which it is registered"),
    CASE(destructor, Expect::kLockOrder, "a destructor takes a lock"),
    CASE(hand_over_hand_both_ways, Expect::kLockOrder, "a list walked hand over hand from both ends"),
    CASE(released_in_between, Expect::kLockOrder, "the outermost of three is released before the last is taken"),
    CASE(below_a_hundred_locks, Expect::kLockOrder, "one side has a hundred other locks (TSan: many_held_mutex)"),
    CASE(condition_retake, Expect::kLockOrder, "only the end of a condition wait takes them the other way"),
    CASE(in_forked_child, Expect::kLockOrder, "both orders in a forked child"),
};

}  // namespace

std::span<const Case> orders() { return kCases; }
