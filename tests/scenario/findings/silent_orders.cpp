// Orders of locks that differ, and cannot lock up: one thread alone, ordered threads, a common gate, modes that do not conflict, other
// locks at the same address.
#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

#include "locks.h"

namespace {

std::mutex accounts, journal, index_lock, gate;
std::shared_mutex prices, routes, stock;
Reading read_prices(prices), read_routes(routes), read_stock(stock);

NOINLINE void withdraw() { take_both(accounts, journal); }
NOINLINE void audit() { take_both(journal, accounts); }

void one_thread() {
  withdraw();
  audit();
  withdraw();
}

void one_thread_of_two() {
  in_turn({[] { withdraw(), audit(); }, [] { accounts.lock(), accounts.unlock(), journal.lock(), journal.unlock(); }});
}

void never_nested() {
  together({[] { accounts.lock(), accounts.unlock(), journal.lock(), journal.unlock(); },
            [] { journal.lock(), journal.unlock(), accounts.lock(), accounts.unlock(); }}, 5);
}

NOINLINE void behind_gate(void (*work)()) {
  const std::lock_guard guard(gate);
  work();
}
void common_gate() {
  in_turn({[] { behind_gate(withdraw); }, [] { behind_gate(audit); }});
}

void common_gate_of_ring() {
  in_turn({[] { behind_gate([] { take_both(accounts, journal); }); }, [] { behind_gate([] { take_both(journal, index_lock); }); },
           [] { behind_gate([] { take_both(index_lock, accounts); }); }});
}

void gate_between() {
  in_turn({[] {
             const std::lock_guard outer(index_lock);
             behind_gate(withdraw);
           },
           [] { behind_gate(audit); }});
}

void gate_of_writer_and_reader() {
  in_turn({[] { stock.lock(), withdraw(), stock.unlock(); }, [] { read_stock.lock(), audit(), read_stock.unlock(); }});
}

void philosophers_with_waiter() {
  std::mutex waiter, forks[5];
  std::vector<std::thread> philosophers;
  for (int i = 0; i < 5; ++i) {
    philosophers.emplace_back([&, i] {
      for (int meal = 0; meal < 50; ++meal) {
        std::unique_lock asks(waiter);
        const std::lock_guard left(forks[i]), right(forks[(i + 1) % 5]);
        asks.unlock();
      }
    });
  }
  for (std::thread& thread : philosophers) thread.join();
}

void philosophers_with_left_hander() {
  std::mutex forks[5];
  std::vector<std::thread> philosophers;
  for (int i = 0; i < 5; ++i) {
    philosophers.emplace_back([&, i] {
      for (int meal = 0; meal < 50; ++meal) take_both(forks[std::min(i, (i + 1) % 5)], forks[std::max(i, (i + 1) % 5)]);
    });
  }
  for (std::thread& thread : philosophers) thread.join();
}

void read_both_ways() {
  in_turn({[] { take_both(read_prices, read_routes); }, [] { take_both(read_routes, read_prices); },
           [] { prices.lock(), prices.unlock(), routes.lock(), routes.unlock(); }});
}

void mutex_and_readers() {
  in_turn({[] { take_both(accounts, read_prices); }, [] { take_both(read_prices, accounts); }, [] { prices.lock(), prices.unlock(); }});
}

void ring_with_readers() {
  in_turn({[] { take_both(read_prices, read_routes); }, [] { take_both(routes, stock); }, [] { take_both(stock, read_prices); }});
}

void read_again() {
  in_turn({[] {
             read_prices.lock(), take_both(accounts, read_prices), read_prices.unlock();
           },
           [] { take_both(prices, accounts); }});
}

void before_create_and_after_join() {
  withdraw();
  std::thread(audit).join();
  withdraw();
}

void joined_in_between() { one_after_the_other({withdraw, audit, withdraw, audit}); }

void joined_by_another() {
  std::thread first(withdraw);
  std::thread([&] {
    first.join();
    audit();
  }).join();
}

void grandchild() {
  std::atomic<bool> is_done = false;
  std::thread([&] {
    withdraw();
    std::thread([&] { audit(), is_done = true; }).detach();
  }).join();
  while (!is_done) sched_yield();
}

void c11_threads() {
  thrd_t thread;
  for (thrd_start_t run : {thrd_start_t([](void*) { return withdraw(), 0; }), thrd_start_t([](void*) { return audit(), 0; })}) {
    CHECK(thrd_create(&thread, run, nullptr) == thrd_success && thrd_join(thread, nullptr) == thrd_success);
  }
}

// In phases: all threads of the first have ended before the second begins.
void phases() {
  together({withdraw}, 4);
  together({audit}, 4);
}

void phases_by_barrier() {
  pthread_barrier_t barrier;
  CHECK(pthread_barrier_init(&barrier, nullptr, 3) == 0);
  together({[&] {
    withdraw();
    pthread_barrier_wait(&barrier);
    audit();
  }}, 3);
  CHECK(pthread_barrier_destroy(&barrier) == 0);
}

void hand_over_hand() {
  std::vector<std::mutex> list(20);
  together({[&] {
    list[0].lock();
    for (size_t i = 1; i < list.size(); ++i) list[i].lock(), list[i - 1].unlock();
    list.back().unlock();
  }}, 4);
}

struct Node {
  std::mutex mutex;
  std::deque<Node> children;
  explicit Node(int depth) {
    for (int i = 0; i < 3 && depth > 0; ++i) children.emplace_back(depth - 1);
  }
  NOINLINE void visit() {
    const std::lock_guard guard(mutex);
    for (Node& child : children) child.visit();
  }
};
void tree_from_the_root() {
  Node root(4);
  together({[&] { root.visit(); }}, 3);
}

void array_by_address() {
  std::mutex all[40];
  together({[&] {
              for (std::mutex& mutex : all) mutex.lock();
              for (std::mutex& mutex : all) mutex.unlock();
            },
            [&] {
              for (int i = 0; i + 7 < 40; ++i) take_both(all[i], all[i + 7]);
            }}, 2);
}

void thousand_held() {
  static std::mutex all[1000];
  const auto lock_all = [] {
    for (std::mutex& mutex : all) mutex.lock();
    for (std::mutex& mutex : all) mutex.unlock();
  };
  in_turn({lock_all, lock_all});
}

void makings_both_ways() {
  std::deque<std::mutex> customers(4), shops(4);
  in_turn({[&] { take_both(customers[0], shops[0]), take_both(customers[1], shops[1]); },
           [&] { take_both(shops[2], customers[2]), take_both(shops[3], customers[3]); }});
}

class Customer {
 public:
  NOINLINE Customer() { CHECK(pthread_mutex_init(&mutex_, nullptr) == 0); }
  void lock() { CHECK(pthread_mutex_lock(&mutex_) == 0); }
  void unlock() { CHECK(pthread_mutex_unlock(&mutex_) == 0); }

 private:
  pthread_mutex_t mutex_;
};
class Shop {
 public:
  NOINLINE Shop() { CHECK(pthread_mutex_init(&mutex_, nullptr) == 0); }
  void lock() { CHECK(pthread_mutex_lock(&mutex_) == 0); }
  void unlock() { CHECK(pthread_mutex_unlock(&mutex_) == 0); }

 private:
  pthread_mutex_t mutex_;
};
void created_in_two_places() {
  Customer customers[4];
  Shop shops[4];
  in_turn({[&] { take_both(customers[0], shops[0]), take_both(customers[1], shops[1]); },
           [&] { take_both(shops[2], customers[2]), take_both(shops[3], customers[3]); }});
}

void one_lock_and_others() {
  Shop shop;
  Customer customers[2];
  in_turn({[&] { take_both(shop, customers[0]); }, [&] { take_both(customers[1], shop); }});
}

struct Pair {
  std::mutex first, second;
};
void same_heap_address() {
  void* memory = operator new(sizeof(Pair));
  const auto live = [memory](bool forwards) {
    Pair* pair = new (memory) Pair;  // std::mutex's destructor tells nobody
    if (forwards) take_both(pair->first, pair->second);
    else take_both(pair->second, pair->first);
    pair->~Pair();
  };
  in_turn({[&] { live(true); }, [&] { live(false); }});
  operator delete(memory);
}

NOINLINE void live_on_stack(bool forwards) {
  std::optional<Pair> pair(std::in_place);
  if (forwards) take_both(pair->first, pair->second);
  else take_both(pair->second, pair->first);
}
void same_stack_address() {
  // The second thread may get the stack of the first one.
  one_after_the_other({[] { live_on_stack(true); }, [] { live_on_stack(false); }});
  in_turn({[] { live_on_stack(true), live_on_stack(false); }, [] { live_on_stack(false), live_on_stack(true); }});
}

void destroyed_in_between() {
  std::optional<PthreadMutex> first(std::in_place), second(std::in_place);
  in_turn({[&] { take_both(*first, *second); },
           [&] {
             first->destroy(), second->destroy();
             first.emplace(), second.emplace();
             take_both(*second, *first);
           }});
}

void released_early() {
  in_turn({[] {
             accounts.lock(), journal.lock(), accounts.unlock();
             index_lock.lock(), journal.unlock(), index_lock.unlock();
           },
           [] { take_both(index_lock, accounts); }});
}

void recursive_again() {
  static std::recursive_mutex tree;
  const auto visit = [] {
    tree.lock(), take_both(accounts, tree), tree.unlock();
  };
  together({visit}, 4);
}

void forked_child() {
  withdraw();
  in_child([] { audit(), audit(); });
  withdraw();
}

constexpr Case kCases[] = {
    CASE(one_thread, Expect::kSilent, "one thread's own order (TSan: mutex_cycle2; Helgrind: tc13_laog1)"),
    CASE(one_thread_of_two, Expect::kSilent, "the same; another thread takes each lock alone"),
    CASE(never_nested, Expect::kSilent, "both locks, one after the other"),
    CASE(common_gate, Expect::kSilent, "both orders behind one gate lock (Goodlock)"),
    CASE(common_gate_of_ring, Expect::kSilent, "a ring of three behind one gate lock"),
    CASE(gate_between, Expect::kSilent, "the gate lock is the second of three"),
    CASE(gate_of_writer_and_reader, Expect::kSilent, "the gate is written on one side and read on the other"),
    CASE(philosophers_with_waiter, Expect::kSilent, "five philosophers who ask a waiter for both forks"),
    CASE(philosophers_with_left_hander, Expect::kSilent, "five philosophers, the last one begins with the right fork"),
    CASE(read_both_ways, Expect::kSilent, "std::shared_mutex, read both ways; writers take one at a time"),
    CASE(mutex_and_readers, Expect::kSilent, "a mutex and a read, both ways; the writer takes nothing else"),
    CASE(ring_with_readers, Expect::kSilent, "a ring of three in which two readers meet"),
    CASE(read_again, Expect::kSilent, "a reader takes a mutex and reads again, which never waits"),
    CASE(before_create_and_after_join, Expect::kSilent, "ordered by create and join"),
    CASE(joined_in_between, Expect::kSilent, "each thread is joined before the next is created"),
    CASE(joined_by_another, Expect::kSilent, "the second thread joins the first and then takes the other order"),
    CASE(grandchild, Expect::kSilent, "the first thread creates the second after its own order"),
    CASE(c11_threads, Expect::kSilent, "ordered by thrd_create and thrd_join"),
    CASE(phases, Expect::kSilent, "four threads one way; when they have ended, four threads the other way"),
    CASE(phases_by_barrier, Expect::kSilent, "one way before a barrier, the other way after it"),
    CASE(hand_over_hand, Expect::kSilent, "a list walked hand over hand in one direction"),
    CASE(tree_from_the_root, Expect::kSilent, "parents before children, 121 locks made in one place"),
    CASE(array_by_address, Expect::kSilent, "forty locks of one making, always by address"),
    CASE(thousand_held, Expect::kSilent, "a thousand locks at once, twice (TSan: many_held_mutex)"),
    CASE(makings_both_ways, Expect::kSilent, "locks made in two places: two pairs one way, two other pairs the other"),
    CASE(created_in_two_places, Expect::kSilent, "the same with pthread_mutex_init in two places (lockdep tells it)"),
    CASE(one_lock_and_others, Expect::kSilent, "the same lock before one object's and after another's"),
    CASE(same_heap_address, Expect::kSilent, "other std::mutex objects at the same address on the heap"),
    CASE(same_stack_address, Expect::kSilent, "other std::mutex objects at the same address on the stack"),
    CASE(destroyed_in_between, Expect::kSilent, "pthread mutexes destroyed and made again (Helgrind: tc15_laog_lockdel)"),
    CASE(released_early, Expect::kSilent, "a chain of three whose first lock is released before the last is taken"),
    CASE(recursive_again, Expect::kSilent, "a recursive mutex, another lock, the recursive one again"),
    CASE(forked_child, Expect::kSilent, "a forked child takes its copies the other way"),
};

}  // namespace

std::span<const Case> silent_orders() { return kCases; }
