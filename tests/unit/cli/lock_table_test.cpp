// The table of `lockwrap top`: the culprit is seen on every terminal.
#include "report/lock_table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "base/text_table.h"
#include "run_command.h"
#include "synthetic_profile.h"

using namespace lockwrap::cli;
using namespace lockwrap::test;

namespace {

constexpr int64_t kMs = 1'000'000;

LockRow row(const std::string &name, const std::string &function) {
  LockRow row;
  row.name = name;
  row.kind = "mutex";
  row.instances = 1;
  row.contentions = 210;
  row.wait_ns = 4200 * kMs;
  row.max_wait_ns = 900 * kMs;
  row.waits_in = {{{"shop::(anonymous namespace)::OrderBook::reserve(int)", "/src/book.cpp", 12}, "", 4000 * kMs, 200, {}},
                  {{"main", "/src/main.cpp", 5}, "", 200 * kMs, 10, {}}};
  row.held_by = {{{function, "/src/ledger.cpp", 64}, "", 3654 * kMs, 15, {}}, {{"Ledger::append(int)", "/src/ledger.cpp", 20}, "", 300 * kMs, 8, {}}};
  return row;
}

LockReport report_of(std::vector<LockRow> rows) {
  LockReport report;
  report.rows = std::move(rows);
  return report;
}

std::vector<std::string> lines_of(const std::string &text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("lock, wait and holder stand in a table of eighty columns, in one line of each lock where there is no room for more") {
  std::vector<LockRow> rows;
  for (int index = 0; index < 20; ++index) rows.push_back(row("order book of instrument " + std::to_string(index), "Ledger::write_snapshot(std::string const&)"));
  const std::vector<std::string> lines = lines_of(fitted_table(report_of(rows), SortBy::kWait, {80, 21}));
  REQUIRE(lines.size() == 21);
  CHECK(lines[0] == "LOCK                      WAITED  COUNT     MAX  HELD BY");
  CHECK(lines[1] == "order book ...strument 0  4.20 s    210  900 ms  Ledger::write_snapshot() (87 %)");
}

TEST_CASE("no table is wider than its terminal, and a wider one tells more") {
  LockRow wide = row(std::string(300, 'n'), "shop::reports::Ledger<std::map<int, std::vector<std::string>>>::write_snapshot(std::string const&)");
  wide.instances = 370;
  wide.held_by.front().mode = wide.waits_in.front().mode = "write";
  wide.kind = "rwlock";
  wide.is_max_a_bound = true;
  for (const size_t columns : {40, 60, 80, 100, 120, 160, 200, 300}) {
    CAPTURE(columns);
    for (const SortBy by : {SortBy::kWait, SortBy::kCount, SortBy::kMaximum}) {
      const std::string text = fitted_table(report_of({wide, row("accounts", "Ledger::write_snapshot()")}), by, {columns, 0});
      for (const std::string &line : lines_of(text)) CHECK_MESSAGE(text_width(line) <= columns, line);
      CHECK(has(text, "HELD BY"));
      CHECK(has(text, "4.20 s"));
    }
  }
  const LockReport report = report_of({row("accounts", "Ledger::write_snapshot()")});
  CHECK_FALSE(has(fitted_table(report, SortBy::kWait, {60, 0}), "WAITS IN"));
  CHECK(has(fitted_table(report, SortBy::kCount, {60, 0}), "COUNT  HELD BY"));  // what the order is of comes before the longest wait
  LockRow origin = row("mutex created in Shop::open()", "f()");
  origin.held_by.resize(1);
  CHECK(has(fitted_table(report_of({origin}), SortBy::kWait, {80, 0}), "\nmutex created in Shop::open()  4.20 s  "));  // the name has what the places leave
  const std::string middle = fitted_table(report, SortBy::kWait, {120, 0});
  CHECK(has(middle, "OrderBook::reserve() (95 %)"));
  CHECK(has(middle, "Ledger::write_snapshot() ledger.cpp:64 (87 %)"));
  const std::string whole = fitted_table(report, SortBy::kWait, {200, 0});
  CHECK(has(whole, "COUNT     MEAN     MAX  WAITS IN"));
  CHECK(has(whole, "OrderBook::reserve() book.cpp:12 (95 %)"));
}

TEST_CASE("a lock without a name is known by the function that made or used it, however narrow the table") {
  const auto name_of = [](const std::string &name, size_t instances) {
    LockRow unnamed = row(name, "Ledger::write_snapshot(std::string const&)");
    unnamed.instances = instances;
    const std::string line = lines_of(fitted_table(report_of({unnamed}), SortBy::kWait, {80, 0}))[1];
    return line.substr(0, line.find("  "));
  };
  CHECK(name_of("mutex created in Shop::open() shop.cpp:12", 1) == "in Shop::open()");
  CHECK(name_of("mutex first used in leveldb::ShardedLRUCache::Lookup(leveldb::Slice) cache.cc:120", 19) == "in Lookup() x19");
  CHECK(name_of("mutex first used in je_arena_malloc_hard", 1) == "in je_arena_malloc_hard");
  CHECK(name_of("mutex created in db::(anonymous namespace)::Cache::Find()", 1) == "in db::Cache::Find()");
  CHECK(name_of("rwlock created in std::map<int, int>::insert()", 1) == "in map<...>::insert()");
}

TEST_CASE("further places have lines of their own only where there is room for all locks") {
  const LockReport report = report_of({row("accounts", "Ledger::write_snapshot()"), row("ledger", "Ledger::write_snapshot()")});
  CHECK(lines_of(fitted_table(report, SortBy::kWait, {80, 0})).size() == 5);
  CHECK(lines_of(fitted_table(report, SortBy::kWait, {80, 5})).size() == 5);
  CHECK(lines_of(fitted_table(report, SortBy::kWait, {80, 4})).size() == 3);
  CHECK(lines_of(fitted_table(report, SortBy::kWait, {80, 1})).size() == 3);  // the screen cuts it
}

TEST_CASE("where one line of holders fits, it is the one of the largest share, also of nobody") {
  LockRow unseen = row("accounts", "Ledger::write_snapshot()");
  unseen.held_by.resize(1);
  unseen.held_by.front().wait_ns = 1000 * kMs;
  unseen.unattributed_ns = 3200 * kMs;
  CHECK(has(fitted_table(report_of({unseen}), SortBy::kWait, {80, 2}), "no holder seen (76 %)\n"));
  unseen.held_by.front().wait_ns = 2600 * kMs;
  unseen.unattributed_ns = 1600 * kMs;
  CHECK(has(fitted_table(report_of({unseen}), SortBy::kWait, {80, 2}), "ledger.cpp:64 (62 %)\n"));
  unseen.held_by.clear();
  unseen.unattributed_ns = 4200 * kMs;
  CHECK(has(fitted_table(report_of({unseen}), SortBy::kWait, {80, 2}), "no holder seen (100 %)\n"));
}

TEST_CASE("a longest wait that is only known to be no longer says so") {
  LockRow bound = row("accounts", "Ledger::write_snapshot()");
  bound.is_max_a_bound = true;
  CHECK(has(fitted_table(report_of({bound}), SortBy::kWait, {80, 0}), "  <=900 ms  "));
  CHECK(has(report_table(report_of({bound}), Side::kWaiter), "  <=900 ms  "));
}

// The holder stood from column 108 on and was cut off.
TEST_CASE("a terminal of eighty columns shows who holds a lock") {
  SyntheticProfile profile;
  profile.comment("lockwrap lock id=1 kind=mutex address=0x1000 contentions=10 wait_ns=4200000000 max_wait_ns=900000000 blamed_ns=3906000000 name=accounts");
  profile.frames(0x2000, {{"Cache<int, char>::get_or_compute_with_a_long_name(int)", "/src/cache.cpp", 41}}).frames(0x3000, {{"Ledger::write_snapshot()", "/src/ledger.cpp", 88}});
  profile.sample({"waiter", 1, 0x2000, 0, {0x2000}, 10, 4'200'000'000}).sample({"holder", 1, 0x3000, 0x2000, {0x3000}, 5, 3'906'000'000});
  const TemporaryFolder folder;
  profile.write(folder / "a.pb.gz");
  const CommandResult screen =
      run_shell("TERM=xterm NO_COLOR= script -qec 'stty cols 80 rows 24; " LOCKWRAP_COMMAND " top " + (folder / "a.pb.gz") + " -n 1' /dev/null </dev/null");
  CHECK_MESSAGE(has(screen.output, "Ledger::write_snapshot() ledger.cpp:88 (93 %)"), screen.output);
  CHECK(has(screen.output, "accounts"));
  CHECK(has(screen.output, "4.20 s"));
}
