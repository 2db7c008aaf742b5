// BoundedTable: adds from many threads at once, a full table, and memory that a fork has wiped.
#include "runtime/base/bounded_table.h"

#include <doctest/doctest.h>

#include <barrier>
#include <set>
#include <thread>
#include <vector>

using lockwrap::base::Arena;
using lockwrap::base::BoundedTable;
using lockwrap::base::mix;
using lockwrap::base::TableEntry;

namespace {

struct Number : TableEntry {
  uint64_t value;
  std::atomic<uint64_t> visits;
};

struct Table {
  Arena arena;
  BoundedTable<Number> numbers;
  explicit Table(size_t entries) {
    REQUIRE(arena.reserve(entries * 64 + 4096));
    REQUIRE(numbers.place(arena, entries));
  }
  Number* find(uint64_t value, uint64_t hash) const {
    return numbers.find(hash, [&](const Number& known) { return known.value == value; });
  }
  Number* add(uint64_t value, uint64_t hash) {
    return numbers.find_or_add(
        hash, [&](const Number& known) { return known.value == value; }, [&](Number& fresh) { fresh.value = value; });
  }
};

constexpr int kThreads = 8;
constexpr uint64_t kValues = 2000;

// All threads add the same values, each in another order, and count their visits.
void add_from_all_threads(Table& table, uint64_t (*hash)(uint64_t)) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      start.arrive_and_wait();
      for (uint64_t i = 0; i < kValues; ++i) {
        const uint64_t value = (i * (2 * thread + 1) * 3 + thread * 7) % kValues;
        if (Number* entry = table.add(value, hash(value))) entry->visits.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

TEST_CASE("a table is empty at first and finds what was added") {
  Table table(100);
  CHECK(table.numbers.used() == 0);
  CHECK(table.find(7, mix(7)) == nullptr);
  Number* entry = table.add(7, mix(7));
  REQUIRE(entry);
  CHECK(table.find(7, mix(7)) == entry);
  CHECK(table.add(7, mix(7)) == entry);
  CHECK(table.numbers.at(table.numbers.index_of(entry)) == entry);
  CHECK(table.numbers.used() == 1);
}

TEST_CASE("a table that was never placed refuses quietly") {
  BoundedTable<Number> table;
  CHECK(table.find(1, [](const Number&) { return true; }) == nullptr);
  CHECK(table.find_or_add(1, [](const Number&) { return true; }, [](Number&) {}) == nullptr);
  CHECK(table.used() == 0);
  CHECK(table.at(1) == nullptr);
}

TEST_CASE("a table that does not fit into its arena refuses everything") {
  Arena arena;
  REQUIRE(arena.reserve(4096));
  BoundedTable<Number> table;
  CHECK_FALSE(table.place(arena, 1000));
  CHECK(table.find_or_add(1, [](const Number&) { return true; }, [](Number&) {}) == nullptr);
}

TEST_CASE("threads that add the same values agree on one entry each") {
  Table table(kThreads * kValues);  // a loser of a race leaves an unused entry behind
  add_from_all_threads(table, [](uint64_t value) { return mix(value); });
  std::set<uint64_t> seen;
  uint64_t visits = 0;
  table.numbers.for_each([&](const Number& entry) {
    CHECK_MESSAGE(seen.insert(entry.value).second, "twice: ", entry.value);
    visits += entry.visits.load();
  });
  CHECK(seen.size() == kValues);
  CHECK(visits == kThreads * 2000);  // each add of each thread met a visible entry
}

TEST_CASE("values that all fall into one bucket are told apart by many threads") {
  Table table(kThreads * kValues);
  add_from_all_threads(table, [](uint64_t) { return uint64_t{5}; });
  std::set<uint64_t> seen;
  table.numbers.for_each([&](const Number& entry) { CHECK(seen.insert(entry.value).second); });
  CHECK(seen.size() == kValues);
}

TEST_CASE("a full table refuses, counts, and keeps what it has") {
  Table table(10);
  for (uint64_t value = 0; value < 10; ++value) CHECK(table.add(value, mix(value)) != nullptr);
  CHECK(table.numbers.refused() == 0);
  for (uint64_t value = 10; value < 15; ++value) CHECK(table.add(value, mix(value)) == nullptr);
  CHECK(table.numbers.refused() == 5);
  CHECK(table.numbers.used() == 10);
  for (uint64_t value = 0; value < 10; ++value) CHECK(table.add(value, mix(value)) != nullptr);
  CHECK(table.numbers.refused() == 5);
  CHECK(table.numbers.at(0) == nullptr);
  CHECK(table.numbers.at(11) == nullptr);
  table.numbers.clear_refused();
  CHECK(table.numbers.refused() == 0);
}

TEST_CASE("a table that fills up under many threads hands out each entry once") {
  Table table(500);
  add_from_all_threads(table, [](uint64_t value) { return mix(value); });
  std::set<uint64_t> seen;
  table.numbers.for_each([&](const Number& entry) { CHECK(seen.insert(entry.value).second); });
  CHECK(seen.size() <= 500);
  CHECK(table.numbers.used() == 500);
  CHECK(table.numbers.refused() > 0);
}

TEST_CASE("threads that meet at a table's last entries get none beyond it") {
  for (int round = 0; round < 500; ++round) {
    Table table(3);
    std::atomic<int> given{0};
    std::atomic<int> outside{0};
    std::barrier start(kThreads);
    std::vector<std::thread> threads;
    for (uint64_t thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        start.arrive_and_wait();
        Number* entry = table.add(thread, mix(thread));
        given += entry != nullptr;
        outside += entry && table.numbers.at(table.numbers.index_of(entry)) != entry;
      });
    }
    for (std::thread& thread : threads) thread.join();
    REQUIRE(given == 3);
    REQUIRE(outside == 0);
    REQUIRE(table.numbers.refused() == kThreads - 3);
  }
}

TEST_CASE("wiped memory is an empty table") {
  Table table(100);
  for (uint64_t value = 0; value < 100; ++value) table.add(value, mix(value));
  table.arena.wipe();
  CHECK(table.numbers.used() == 0);
  CHECK(table.numbers.refused() == 0);
  CHECK(table.find(3, mix(3)) == nullptr);
  CHECK(table.add(3, mix(3)) != nullptr);
  CHECK(table.numbers.used() == 1);
}

TEST_CASE("a list links each entry once, whoever comes first") {
  Table table(1000);
  std::atomic<uint32_t> head{0};
  std::vector<std::atomic<uint32_t>> links(1001);
  for (uint64_t value = 1; value <= 1000; ++value) table.add(value, mix(value));
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      for (uint32_t index = 1; index <= 1000; ++index) lockwrap::base::link_once(head, links[index], index);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<uint32_t> seen;
  lockwrap::base::for_each_linked(
      table.numbers, head,
      [&](const Number& entry) -> std::atomic<uint32_t>& { return links[table.numbers.index_of(&entry)]; },
      [&](Number& entry) { CHECK(seen.insert(table.numbers.index_of(&entry)).second); });
  CHECK(seen.size() == 1000);
}
