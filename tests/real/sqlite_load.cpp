// SQLite: the threads share one connection to write, whose mutex they contend for, and each has one of its own to read.
#include <sqlite3.h>

#include "load.h"

namespace {

sqlite3* open_database(const std::string& path) {
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nullptr) ==
          SQLITE_OK);
  REQUIRE(sqlite3_busy_timeout(database, 60000) == SQLITE_OK);
  return database;
}

void execute(sqlite3* database, const char* text) { REQUIRE(sqlite3_exec(database, text, nullptr, nullptr, nullptr) == SQLITE_OK); }

sqlite3_stmt* prepare(sqlite3* database, const char* text) {
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_prepare_v2(database, text, -1, &statement, nullptr) == SQLITE_OK);
  return statement;
}

// The first row's first column.
sqlite3_int64 query(sqlite3_stmt* statement) {
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  const sqlite3_int64 value = sqlite3_column_int64(statement, 0);
  REQUIRE(sqlite3_reset(statement) == SQLITE_OK);
  return value;
}

void use(const std::string& path, sqlite3* shared, unsigned thread, unsigned size) {
  sqlite3* own = open_database(path);
  sqlite3_stmt* write = prepare(shared, "INSERT OR REPLACE INTO account (id, owner, balance) VALUES (?1, ?2, ?3)");
  sqlite3_stmt* read = prepare(own, "SELECT coalesce(sum(balance), 0) FROM account WHERE id BETWEEN 100 AND 400");
  for (unsigned i = 0; i < size; ++i) {
    const sqlite3_int64 id = static_cast<sqlite3_int64>(i * 31 % size) * kThreads + thread;
    REQUIRE(sqlite3_bind_int64(write, 1, id) == SQLITE_OK);
    REQUIRE(sqlite3_bind_text(write, 2, "owner", -1, SQLITE_STATIC) == SQLITE_OK);
    REQUIRE(sqlite3_bind_int64(write, 3, id * 17 % 1000) == SQLITE_OK);
    REQUIRE(sqlite3_step(write) == SQLITE_DONE);
    REQUIRE(sqlite3_reset(write) == SQLITE_OK);
    if (i % 20 == 0) query(read);
  }
  sqlite3_finalize(write);
  sqlite3_finalize(read);
  REQUIRE(sqlite3_close(own) == SQLITE_OK);
}

}  // namespace

int main(int argument_count, char** arguments) {
  const unsigned size = size_of_load(argument_count, arguments);
  const ScratchFolder folder;
  const std::string path = folder.path("accounts.db");
  sqlite3* shared = open_database(path);
  execute(shared, "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
                  "CREATE TABLE account (id INTEGER PRIMARY KEY, owner TEXT, balance INTEGER);"
                  "CREATE INDEX by_balance ON account (balance);");
  on_threads([&](unsigned thread) { use(path, shared, thread, size); });
  sqlite3_stmt* count = prepare(shared, "SELECT count(*) FROM account");
  sqlite3_stmt* sum = prepare(shared, "SELECT sum(id * 3 + balance) FROM account");
  printf("%lld accounts, sum %lld\n", static_cast<long long>(query(count)), static_cast<long long>(query(sum)));
  sqlite3_finalize(count);
  sqlite3_finalize(sum);
  REQUIRE(sqlite3_close(shared) == SQLITE_OK);
}
