// leveldb_load: somebody else's code. LevelDB comes as an archive that was compiled long before lockwrap was heard
// of, and is linked as it is. Four threads read and write a database while LevelDB compacts it on a thread of its
// own.
//
// What the report will show: LevelDB's own locks. On top the one mutex of the database (leveldb::DBImpl), waited for
// in DBImpl::Write() and DBImpl::Get(). The holder to blame is mostly VersionSet::LogAndApply(), with which a flush or
// a compaction ends; without lockwrap one would suspect the other writers. Below it the locks of the shards of the two
// caches, blocks and open tables. No lock has a name here, so they are shown with the function that first waited.
//
// leveldb_load [SECONDS]   default 3. The database is in a new directory below $TMPDIR (or /tmp), removed at the end.
#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int kThreads = 4;
constexpr uint64_t kKeys = 40'000;
// Between two requests of a thread, as clients do: with all processors busy, what is waited for is mostly a
// processor.
constexpr std::chrono::microseconds kPause(300);

// A directory of its own that goes away with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const char *parent = std::getenv("TMPDIR");
    path_ = std::string(parent != nullptr && *parent != '\0' ? parent : "/tmp") + "/lockwrap-leveldb-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) {
      throw std::runtime_error("no directory could be made at " + path_);
    }
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory &) = delete;
  TemporaryDirectory &operator=(const TemporaryDirectory &) = delete;

  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

struct Counts {
  std::atomic<uint64_t> written = 0;
  std::atomic<uint64_t> found = 0;
  std::atomic<uint64_t> not_found = 0;
  std::atomic<uint64_t> failed = 0;
};

std::string key_of(uint64_t number) {
  char key[32];
  std::snprintf(key, sizeof key, "key-%012llu", static_cast<unsigned long long>(number % kKeys));
  return key;
}

void write_some(leveldb::DB &database, std::mt19937_64 &random, Counts &counts) {
  leveldb::WriteBatch batch;
  std::string value(200, 'v');
  for (char &byte : value) {
    byte = static_cast<char>('a' + random() % 26);
  }
  for (int entry = 0; entry < 4; ++entry) {
    batch.Put(key_of(random()), value);
  }
  (database.Write(leveldb::WriteOptions(), &batch).ok() ? counts.written : counts.failed) += 4;
}

void read_some(leveldb::DB &database, std::mt19937_64 &random, Counts &counts) {
  std::string value;
  for (int entry = 0; entry < 4; ++entry) {
    const leveldb::Status status = database.Get(leveldb::ReadOptions(), key_of(random()), &value);
    ++(status.ok() ? counts.found : status.IsNotFound() ? counts.not_found : counts.failed);
  }
}

void use_database(leveldb::DB &database, uint64_t seed, std::chrono::steady_clock::time_point end, Counts &counts) {
  std::mt19937_64 random(seed);
  while (std::chrono::steady_clock::now() < end) {
    write_some(database, random, counts);
    read_some(database, random, counts);
    std::this_thread::sleep_for(kPause);
  }
}

// Small buffers, so that memory tables are full and compactions are due many times a second.
leveldb::Options compacting_options(leveldb::Cache &block_cache) {
  leveldb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 64 * 1024;
  options.max_file_size = 1024 * 1024;
  options.block_cache = &block_cache;
  return options;
}

int run(std::chrono::seconds duration) {
  const TemporaryDirectory directory;
  const std::unique_ptr<leveldb::Cache> block_cache(leveldb::NewLRUCache(1024 * 1024));
  leveldb::DB *opened = nullptr;
  const leveldb::Status status = leveldb::DB::Open(compacting_options(*block_cache), directory.path(), &opened);
  if (!status.ok()) {
    throw std::runtime_error(status.ToString());
  }
  const std::unique_ptr<leveldb::DB> database(opened);

  Counts counts;
  const auto end = std::chrono::steady_clock::now() + duration;
  {
    std::vector<std::jthread> threads;
    for (int number = 0; number < kThreads; ++number) {
      threads.emplace_back([&, number] { use_database(*database, 1 + number, end, counts); });
    }
  }
  std::printf("leveldb_load: %llu entries written, %llu found, %llu not found, %llu failed\n",
              static_cast<unsigned long long>(counts.written), static_cast<unsigned long long>(counts.found),
              static_cast<unsigned long long>(counts.not_found), static_cast<unsigned long long>(counts.failed));
  return counts.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argument_count, char **arguments) {
  try {
    return run(std::chrono::seconds(argument_count > 1 ? std::atoi(arguments[1]) : 3));
  } catch (const std::exception &error) {
    std::fprintf(stderr, "leveldb_load: %s\n", error.what());
    return 1;
  }
}
