// Threads that lock up for good on mutexes and spin locks.
#include "locks.h"

namespace {

std::mutex accounts, journal, index_lock;

void abba() { cross(accounts, journal); }

void abba_pthread() {
  static pthread_mutex_t orders = PTHREAD_MUTEX_INITIALIZER, prices = PTHREAD_MUTEX_INITIALIZER;
  lock_up_in_circle({{[] { pthread_mutex_lock(&orders); }, [] { pthread_mutex_lock(&prices); }},
                     {[] { pthread_mutex_lock(&prices); }, [] { pthread_mutex_lock(&orders); }}});
}

void abba_c11() {
  static C11Mutex first, second;
  cross(first, second);
}

void abba_adaptive() {
  static PthreadMutex first(adaptive_kind()), second(adaptive_kind());
  cross(first, second);
}

void abba_inherit() {
  static PthreadMutex first(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT), second(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
  cross(first, second);
}

void abba_robust() {
  static PthreadMutex first(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
  static PthreadMutex second(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
  cross(first, second);
}

void abba_timed_class() {
  static std::timed_mutex first, second;
  cross(first, second);
}

void abba_spin() {
  static SpinLock first, second;
  cross(first, second);
}

void abba_spin_and_mutex() {
  static SpinLock ring;
  cross(ring, accounts);
}

void abba_tried() {
  lock_up_in_circle({{[] { CHECK(accounts.try_lock()); }, [] { journal.lock(); }},
                     {[] { CHECK(journal.try_lock()); }, [] { accounts.lock(); }}});
}

void recursive_in_circle() {
  static std::recursive_mutex tree;
  lock_up_in_circle({{[] { tree.lock(), tree.lock(); }, [] { tree.lock(), journal.lock(); }},
                     {[] { journal.lock(); }, [] { tree.lock(); }}});
}

void checked_in_circle() {
  static PthreadMutex checked(PTHREAD_MUTEX_ERRORCHECK);
  cross(checked, accounts);
}

[[noreturn]] void ring(int size) {
  std::vector<std::mutex> forks(size);
  std::vector<Party> philosophers;
  for (int i = 0; i < size; ++i) {
    philosophers.push_back({[&forks, i] { forks[i].lock(); }, [&forks, i, size] { forks[(i + 1) % size].lock(); }});
  }
  lock_up_in_circle(philosophers);
}
void ring_of_3() { ring(3); }
void philosophers() { ring(5); }
void ring_of_8() { ring(8); }

// Ten threads queue for each lock of the circle, and are no part of it.
void abba_with_queues() {
  Meeting all_hold(2);
  lock_up([&] { accounts.lock(), all_hold.attend(), journal.lock(); });
  lock_up([&] { journal.lock(), all_hold.attend(), accounts.lock(); });
  all_hold.wait_for_all();
  for (int i = 0; i < 10; ++i) {
    lock_up([] { accounts.lock(); });
    lock_up([] { journal.lock(); });
  }
  leave_hanging();
}

// The two did the same ten thousand times before, one after the other.
void abba_after_luck() {
  for (int i = 0; i < 10'000; ++i) take_both(accounts, journal);
  Meeting all_hold(2);
  lock_up([&] {
    const std::lock_guard outer(accounts);
    all_hold.attend();
    journal.lock();
  });
  lock_up([&] {
    for (int i = 0; i < 10'000; ++i) index_lock.lock(), index_lock.unlock();
    journal.lock();
    all_hold.attend();
    accounts.lock();
  });
  leave_hanging();
}

// The first thread is one of the two.
void main_in_circle() {
  Meeting both_hold(2);
  lock_up([&] { journal.lock(), both_hold.attend(), accounts.lock(); });
  accounts.lock();
  new std::thread([&] { both_hold.wait_for_all(), leave_hanging(); });
  both_hold.attend();
  journal.lock();
  _exit(3);
}

void two_circles() {
  static PthreadMutex first, second;
  Meeting all_hold(4);
  lock_up([&] { accounts.lock(), all_hold.attend(), journal.lock(); });
  lock_up([&] { journal.lock(), all_hold.attend(), accounts.lock(); });
  lock_up([&] { first.lock(), all_hold.attend(), second.lock(); });
  lock_up([&] { second.lock(), all_hold.attend(), first.lock(); });
  all_hold.wait_for_all();
  leave_hanging();
}

Meeting* on_small_stacks;
template <auto& kFirst, auto& kSecond>
void* lock_both(void*) {
  kFirst.lock();
  on_small_stacks->attend();
  kSecond.lock();
  _exit(3);
}
void small_stacks() {
  Meeting both_hold(2);
  on_small_stacks = &both_hold;
  pthread_attr_t attributes;
  const size_t bytes = std::max<size_t>(32 * 1024, PTHREAD_STACK_MIN);
  CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, bytes) == 0);
  pthread_t thread;
  CHECK(pthread_create(&thread, &attributes, lock_both<accounts, journal>, nullptr) == 0);
  CHECK(pthread_create(&thread, &attributes, lock_both<journal, accounts>, nullptr) == 0);
  both_hold.wait_for_all();
  leave_hanging();
}

NOINLINE void enter_account() {
  if (!accounts.try_lock()) accounts.lock();
  asm volatile("");
}
void relock() {
  lock_up([] {
    accounts.lock();
    enter_account();
  });
  leave_hanging();
}

template <class Lock>
[[noreturn]] void lock_twice(Lock& lock) {
  lock_up([&] { lock.lock(), lock.lock(); });
  leave_hanging();
}
void relock_normal() {
  static PthreadMutex normal(PTHREAD_MUTEX_NORMAL);
  lock_twice(normal);
}
void relock_adaptive() {
  static PthreadMutex adaptive(adaptive_kind());
  lock_twice(adaptive);
}
void relock_c11() {
  static C11Mutex plain;
  lock_twice(plain);
}
void relock_spin() {
  static SpinLock spin;
  lock_twice(spin);
}

void relock_in_handler() {
  static PthreadMutex log;
  CHECK(signal(SIGUSR1, [](int) { log.lock(); }) != SIG_ERR);
  lock_up([] {
    log.lock();
    raise(SIGUSR1);
  });
  leave_hanging();
}

// It waits in a condition wait for one mutex, and has another.
void condition_retake() {
  static PthreadMutex queue, table;
  static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
  std::atomic<bool> has_both = false;
  lock_up([&] {
    table.lock(), queue.lock();
    has_both = true;
    for (;;) CHECK(pthread_cond_wait(&changed, queue.get()) == 0);
  });
  lock_up([&] {
    while (!has_both) sched_yield();
    queue.lock();  // free once the other one waits
    CHECK(pthread_cond_signal(&changed) == 0);
    table.lock();
  });
  leave_hanging();
}

constexpr Case kCases[] = {
    CASE(abba, Expect::kDeadlock, "std::mutex, two threads, two orders (TSan: must_deadlock)"),
    CASE(abba_pthread, Expect::kDeadlock, "pthread mutexes, statically initialised"),
    CASE(abba_c11, Expect::kDeadlock, "mtx_t of C11"),
    CASE(abba_adaptive, Expect::kDeadlock, "adaptive mutexes"),
    CASE(abba_inherit, Expect::kDeadlock, "mutexes with priority inheritance"),
    CASE(abba_robust, Expect::kDeadlock, "robust mutexes whose owners live"),
    CASE(abba_timed_class, Expect::kDeadlock, "std::timed_mutex, locked without a time limit"),
    CASE(abba_spin, Expect::kDeadlock, "spin locks (lockdep: ABBA)"),
    CASE(abba_spin_and_mutex, Expect::kDeadlock, "a spin lock and a mutex"),
    CASE(abba_tried, Expect::kDeadlock, "the first lock of each is taken by try_lock"),
    CASE(recursive_in_circle, Expect::kDeadlock, "a recursive mutex, entered three times"),
    CASE(checked_in_circle, Expect::kDeadlock, "an errorcheck mutex: libc sees no circle of two threads"),
    CASE(ring_of_3, Expect::kDeadlock, "three threads, three locks (Goodlock, UnDead)"),
    CASE(philosophers, Expect::kDeadlock, "five philosophers with their left forks (Helgrind: tc14_laog_dinphils)"),
    CASE(ring_of_8, Expect::kDeadlock, "eight threads, eight locks"),
    CASE(abba_with_queues, Expect::kDeadlock, "twenty threads queue for the locks of a circle"),
    CASE(abba_after_luck, Expect::kDeadlock, "after ten thousand times that went well"),
    CASE(main_in_circle, Expect::kDeadlock, "the process's first thread is one of the two"),
    CASE(two_circles, Expect::kDeadlock, "two pairs of threads at the same time"),
    CASE(small_stacks, Expect::kDeadlock, "threads with stacks of 32 KiB"),
    CASE(relock, Expect::kDeadlock, "std::mutex, locked again after a try_lock (lockdep: AA)"),
    CASE(relock_normal, Expect::kDeadlock, "PTHREAD_MUTEX_NORMAL, locked twice"),
    CASE(relock_adaptive, Expect::kDeadlock, "adaptive mutex, locked twice"),
    CASE(relock_c11, Expect::kDeadlock, "mtx_t, locked twice"),
    CASE(relock_spin, Expect::kDeadlock, "spin lock, locked twice"),
    CASE(relock_in_handler, Expect::kDeadlock, "a signal handler wants the mutex of the thread that it interrupts"),
    CASE(condition_retake, Expect::kDeadlock, "the end of a condition wait takes its mutex again, with another one held"),
};

}  // namespace

std::span<const Case> mutex_deadlocks() { return kCases; }
