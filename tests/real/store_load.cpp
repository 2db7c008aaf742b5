// RocksDB, or LevelDB where STORE_IS_LEVELDB is defined: each thread writes, overwrites, deletes and reads its own keys, and reads those
// of others, while flushes and compactions run in the background.
#include <memory>

#include "load.h"

#if defined(STORE_IS_LEVELDB)
#include <leveldb/db.h>
namespace store = leveldb;
#else
#include <rocksdb/db.h>
namespace store = rocksdb;
#endif

namespace {

std::string key_of(unsigned thread, unsigned number) {
  char key[32];
  snprintf(key, sizeof key, "%u/%08u", thread, number * 7919 % 1'000'003);
  return key;
}

std::string value_of(unsigned thread, unsigned number, unsigned version) {
  std::string value = std::to_string(thread) + "," + std::to_string(number) + "," + std::to_string(version) + ";";
  while (value.size() < 200) value += value;
  return value;
}

void use(store::DB& db, unsigned thread, unsigned size) {
  std::string value;
  for (unsigned i = 0; i < size; ++i) {
    REQUIRE(db.Put({}, key_of(thread, i), value_of(thread, i, 1)).ok());
    if (i % 3 == 0) REQUIRE(db.Put({}, key_of(thread, i / 2), value_of(thread, i / 2, 2)).ok());
    if (i % 5 == 0) REQUIRE(db.Delete({}, key_of(thread, i / 4)).ok());
    if (i % 2 == 0) {
      const store::Status read = db.Get({}, key_of(thread, i), &value);
      REQUIRE(read.ok() || read.IsNotFound());
    }
    const store::Status others = db.Get({}, key_of((thread + 1) % kThreads, i), &value);
    REQUIRE(others.ok() || others.IsNotFound());
    if (i % 2000 == 1999) {
      const std::unique_ptr<store::Iterator> at(db.NewIterator({}));
      unsigned count = 0;
      for (at->SeekToFirst(); at->Valid() && count < 1000; at->Next()) ++count;
      REQUIRE(at->status().ok());
    }
  }
}

void compact(store::DB& db) {
#if defined(STORE_IS_LEVELDB)
  db.CompactRange(nullptr, nullptr);
#else
  REQUIRE(db.CompactRange({}, nullptr, nullptr).ok());
#endif
}

}  // namespace

int main(int argument_count, char** arguments) {
  const unsigned size = size_of_load(argument_count, arguments);
  const ScratchFolder folder;
  store::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = 256 << 10;
  options.compression = store::kSnappyCompression;
  store::DB* opened = nullptr;
  REQUIRE(store::DB::Open(options, folder.path("db"), &opened).ok());
  std::unique_ptr<store::DB> db(opened);
  on_threads([&](unsigned thread) { use(*db, thread, size); });
  compact(*db);
  db.reset();

  REQUIRE(store::DB::Open(options, folder.path("db"), &opened).ok());
  db.reset(opened);
  uint64_t count = 0;
  uint64_t sum = 0;
  const std::unique_ptr<store::Iterator> at(db->NewIterator({}));
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    ++count;
    sum += hash_of(at->key().ToString() + "=" + at->value().ToString());
  }
  REQUIRE(at->status().ok());
  printf("%llu entries, sum %016llx\n", static_cast<unsigned long long>(count), static_cast<unsigned long long>(sum));
}
