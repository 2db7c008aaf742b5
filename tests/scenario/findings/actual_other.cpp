// Threads that lock up for good on readers-writer locks, joins, initialisers, and locks whose owner is gone.
#include "locks.h"

namespace {

std::mutex accounts;
std::shared_mutex prices, routes;

void writers_cross() { cross(prices, routes); }

void readers_want_to_write() {
  lock_up_in_circle({{[] { prices.lock_shared(); }, [] { routes.lock(); }}, {[] { routes.lock_shared(); }, [] { prices.lock(); }}});
}

void writers_want_to_read() {
  lock_up_in_circle({{[] { prices.lock(); }, [] { routes.lock_shared(); }}, {[] { routes.lock(); }, [] { prices.lock_shared(); }}});
}

void mutex_and_reader() {
  lock_up_in_circle({{[] { accounts.lock(); }, [] { prices.lock(); }}, {[] { prices.lock_shared(); }, [] { accounts.lock(); }}});
}

void upgrade() {
  lock_up([] { prices.lock_shared(), prices.lock(); });
  leave_hanging();
}

void upgrade_of_two() {
  lock_up_in_circle({{[] { prices.lock_shared(); }, [] { prices.lock(); }}, {[] { prices.lock_shared(); }, [] { prices.lock(); }}});
}

// One of many readers is in the circle.
void one_reader_of_many() {
  for (int i = 0; i < 5; ++i) leave_behind([] { prices.lock_shared(); });
  mutex_and_reader();
}

void read_again_behind_writer() {
  static WritersFirst table;
  Meeting reads(1);
  std::atomic<bool> writer_waits = false;
  lock_up([&] {
    table.lock_shared();
    reads.attend();
    while (!writer_waits) sched_yield();
    table.lock_shared();
  });
  reads.wait_for_all();
  lock_up([] { table.lock(); });
  table.wait_for_waiting_writer();
  writer_waits = true;
  leave_hanging();
}

void read_both_behind_writers() {
  static WritersFirst tables[2];
  Meeting both_read(2), both_written(1);
  for (int i = 0; i < 2; ++i) {
    lock_up([&, i] {
      tables[i].lock_shared();
      both_read.attend();
      both_written.wait_for_all();
      tables[1 - i].lock_shared();
    });
  }
  both_read.wait_for_all();
  for (WritersFirst& table : tables) {
    lock_up([&table] { table.lock(); });
    table.wait_for_waiting_writer();
  }
  both_written.attend();
  leave_hanging();
}

void join_with_lock() {
  lock_up([] {
    accounts.lock();
    std::thread([] { accounts.lock(); }).join();
  });
  leave_hanging();
}

struct AtThreadEnd {
  ~AtThreadEnd() { accounts.lock(); }
};
void join_and_thread_end() {
  lock_up([] {
    accounts.lock();
    std::thread([] {
      static thread_local AtThreadEnd last_wish;
      asm volatile("" : : "r"(&last_wish));
    }).join();
  });
  leave_hanging();
}

[[noreturn]] void join_in_ring(int size) {
  static std::atomic<pthread_t> threads[3];
  Meeting all_known(size);
  for (int i = 0; i < size; ++i) {
    lock_up([&, i] {
      threads[i] = pthread_self();
      all_known.attend();
      pthread_join(threads[(i + 1) % size], nullptr);
    });
  }
  leave_hanging();
}
void join_each_other() { join_in_ring(2); }
void join_ring() { join_in_ring(3); }

// A mutex, then a readers-writer lock, then a join.
void mixed_ring() {
  std::atomic<pthread_t> joined = pthread_t();
  Meeting all_hold(3);
  lock_up([&] { accounts.lock(), all_hold.attend(), prices.lock(); });
  lock_up([&] {
    prices.lock_shared();
    all_hold.attend();
    pthread_join(joined, nullptr);
  });
  lock_up([&] {
    joined = pthread_self();
    all_hold.attend();
    accounts.lock();
  });
  all_hold.wait_for_all();
  leave_hanging();
}

void owner_ended() {
  std::thread([] { accounts.lock(); }).join();
  lock_up([] { accounts.lock(); });
  leave_hanging();
}

void owner_cancelled() {
  std::atomic<bool> holds = false;
  std::thread owner([&] {
    static PthreadMutex never_released;
    accounts.lock(), never_released.lock();
    holds = true;
    for (;;) pause();
  });
  while (!holds) sched_yield();
  CHECK(pthread_cancel(owner.native_handle()) == 0);
  owner.join();
  lock_up([] { accounts.lock(); });
  leave_hanging();
}

void writer_ended() {
  std::thread([] { prices.lock(); }).join();
  lock_up([] { prices.lock_shared(); });
  leave_hanging();
}

void reader_ended() {
  std::thread([] { prices.lock_shared(); }).join();
  lock_up([] { prices.lock(); });
  leave_hanging();
}

void held_at_fork() {
  leave_behind([] { accounts.lock(); });
  in_child([] {
    lock_up([] { accounts.lock(); });
    leave_hanging();
  });
}

void written_at_fork() {
  leave_behind([] { prices.lock(); });
  in_child([] {
    lock_up([] { prices.lock(); });
    leave_hanging();
  });
}

// The initialiser waits for a lock whose owner waits for the initialiser.
template <class Once>
[[noreturn]] void initialise_and_lock(Once once) {
  Meeting both(2);
  lock_up([&] { once([&] { both.attend(), accounts.lock(); }); });
  lock_up([&] { accounts.lock(), both.attend(), once([] {}); });
  both.wait_for_all();
  leave_hanging();
}
void once_and_lock() {
  static std::once_flag flag;
  initialise_and_lock([](auto initialise) { std::call_once(flag, initialise); });
}

pthread_once_t settings = PTHREAD_ONCE_INIT, plugins = PTHREAD_ONCE_INIT;
Meeting* both_initialise;
void initialise_settings() { both_initialise->attend(), pthread_once(&plugins, [] {}); }
void initialise_plugins() { both_initialise->attend(), pthread_once(&settings, [] {}); }
void once_crosswise() {
  Meeting both(2);
  both_initialise = &both;
  lock_up([] { pthread_once(&settings, initialise_settings); });
  lock_up([] { pthread_once(&plugins, initialise_plugins); });
  both.wait_for_all();
  leave_hanging();
}

void initialise_again() { pthread_once(&settings, initialise_again); }
void once_in_itself() {
  lock_up([] { pthread_once(&settings, initialise_again); });
  leave_hanging();
}

constexpr Case kCases[] = {
    CASE(writers_cross, Expect::kDeadlock, "std::shared_mutex, two writers (lockdep: ABBA wlock)"),
    CASE(readers_want_to_write, Expect::kDeadlock, "each reads one lock and wants to write under the other's"),
    CASE(writers_want_to_read, Expect::kDeadlock, "each writes under one lock and wants to read under the other's"),
    CASE(mutex_and_reader, Expect::kDeadlock, "a writer waits with a mutex that the reader wants"),
    CASE(one_reader_of_many, Expect::kDeadlock, "the same; five other readers stay, too"),
    CASE(upgrade, Expect::kDeadlock, "a reader wants to write under its own lock"),
    CASE(upgrade_of_two, Expect::kDeadlock, "two readers of one lock both want to write"),
    CASE(read_again_behind_writer, Expect::kDeadlock, "a reader reads again behind a writer that waits for it; writers first"),
    CASE(read_both_behind_writers, Expect::kDeadlock, "two locks read both ways, a writer waits for each; writers first"),
    CASE(join_with_lock, Expect::kDeadlock, "joins a thread that wants its lock"),
    CASE(join_and_thread_end, Expect::kDeadlock, "the same; a thread-local destructor wants it"),
    CASE(join_each_other, Expect::kDeadlock, "two threads join each other, which glibc does not always refuse"),
    CASE(join_ring, Expect::kDeadlock, "three threads join each other in a ring"),
    CASE(mixed_ring, Expect::kDeadlock, "a mutex, a readers-writer lock and a join"),
    CASE(owner_ended, Expect::kDeadlock, "the mutex's owner has ended"),
    CASE(owner_cancelled, Expect::kDeadlock, "the mutex's owner was cancelled"),
    CASE(writer_ended, Expect::kDeadlock, "the writer has ended"),
    CASE(reader_ended, Expect::kDeadlock, "a reader has ended, a writer waits for it"),
    CASE(held_at_fork, Expect::kDeadlock, "a forked child waits for a mutex that a thread of its parent had"),
    CASE(written_at_fork, Expect::kDeadlock, "the same with a writer"),
    CASE(once_and_lock, Expect::kDeadlock, "std::call_once's initialiser wants the lock of a thread that waits for it"),
    CASE(once_crosswise, Expect::kDeadlock, "two initialisers that call pthread_once for each other"),
    CASE(once_in_itself, Expect::kDeadlock, "an initialiser calls pthread_once for itself"),
};

}  // namespace

std::span<const Case> other_deadlocks() { return kCases; }
