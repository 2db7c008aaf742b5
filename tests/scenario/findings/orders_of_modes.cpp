// Orders of readers-writer locks that can lock up: what the modes make of an order. Each has a silent twin in silent_orders.cpp.
#include "locks.h"

namespace {

std::mutex accounts, journal;
std::shared_mutex prices, routes, stock;
Reading read_prices(prices), read_routes(routes), read_stock(stock);

void writers() { take_both_ways(prices, routes); }

void read_then_write() {
  in_turn({[] { take_both(read_prices, routes); }, [] { take_both(read_routes, prices); }});
}

void write_then_read() {
  in_turn({[] { take_both(prices, read_routes); }, [] { take_both(routes, read_prices); }});
}

void mutex_and_writers() { take_both_ways(accounts, prices); }

void mutex_and_reader() {
  in_turn({[] { take_both(accounts, read_prices); }, [] { take_both(prices, accounts); }});
}

void ring_of_3() {
  in_turn({[] { take_both(prices, read_routes); }, [] { take_both(routes, read_stock); }, [] { take_both(stock, read_prices); }});
}

// Readers do not keep each other out.
void gate_of_readers() {
  in_turn({[] { read_stock.lock(), take_both(accounts, journal), read_stock.unlock(); },
           [] { read_stock.lock(), take_both(journal, accounts), read_stock.unlock(); }});
}

void read_again_writers_first() {
  static WritersFirst table;
  static Reading read_table(table);
  in_turn({[] { take_both(read_table, read_table); }, [] { table.lock(), table.unlock(); }});
}

void read_both_ways_writers_first() {
  static WritersFirst first, second;
  static Reading read_first(first), read_second(second);
  in_turn({[] { take_both(read_first, read_second); }, [] { take_both(read_second, read_first); },
           [] { first.lock(), first.unlock(); }, [] { second.lock(), second.unlock(); }});
}

constexpr Case kCases[] = {
    {"writers_both_ways", writers, Expect::kLockOrder, "std::shared_mutex, written both ways"},
    CASE(read_then_write, Expect::kLockOrder, "each reads one lock and writes under the other"),
    CASE(write_then_read, Expect::kLockOrder, "each writes under one lock and reads the other"),
    CASE(mutex_and_writers, Expect::kLockOrder, "a mutex and a writer, both ways"),
    {"mutex_then_read", mutex_and_reader, Expect::kLockOrder, "a mutex, then a read; a write, then the mutex"},
    {"mode_ring_of_3", ring_of_3, Expect::kLockOrder, "three threads that write and then read"},
    CASE(gate_of_readers, Expect::kLockOrder, "the common gate is only read"),
    CASE(read_again_writers_first, Expect::kLockOrder, "reads twice; a writer in between would be waited for; writers first"),
    CASE(read_both_ways_writers_first, Expect::kLockOrder, "read both ways; writers in between would be waited for; writers first"),
};

}  // namespace

std::span<const Case> orders_of_modes() { return kCases; }
