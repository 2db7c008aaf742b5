// Lock records: which lock an address stands for, now that it may have been another one; names; a full table.
#include "runtime/locks/lock_record.h"

#include <doctest/doctest.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <barrier>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "runtime/locks/mutex_words.h"

using namespace lockwrap::locks;

namespace {

constexpr uintptr_t kSite = 0x401234;
constexpr uintptr_t kOtherSite = 0x405678;

LockRef plain(pthread_mutex_t& mutex, uintptr_t created = 0) {
  return {reinterpret_cast<uintptr_t>(&mutex), mutex_identity(&mutex), created, LockKind::kMutex};
}
// Of a kind whose words belong to libc.
LockRef by_address(pthread_mutex_t& mutex) { return {reinterpret_cast<uintptr_t>(&mutex), nullptr, 0, LockKind::kMutex}; }

bool is_loud(pthread_mutex_t& mutex) { return *mutex_identity(&mutex) & kLoud; }
uintptr_t address(pthread_mutex_t& mutex) { return reinterpret_cast<uintptr_t>(&mutex); }
std::string name(const LockRecord& record) { return name_text(record.name.load()); }

// Tables of a few entries in place of the real ones while this lives.
class SmallTables {
 public:
  explicit SmallTables(size_t entries) : records_(lock_records), names_(names) {
    REQUIRE(arena_.reserve(1 << 20));
    REQUIRE(lock_records.place(arena_, entries));
    REQUIRE(names.place(arena_, entries));
  }
  ~SmallTables() {
    lock_records = records_;
    names = names_;
  }
  SmallTables(const SmallTables&) = delete;
  SmallTables& operator=(const SmallTables&) = delete;

 private:
  lockwrap::base::Arena arena_;
  lockwrap::base::BoundedTable<LockRecord> records_;
  lockwrap::base::BoundedTable<Name> names_;
};

}  // namespace

TEST_CASE("lock record: none before the first wait, then always the same") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(find_record(plain(mutex)) == nullptr);
  LockRecord* record = find_or_make_record(plain(mutex, kOtherSite), kSite);
  REQUIRE(record);
  CHECK(find_record(plain(mutex)) == record);
  CHECK(find_or_make_record(plain(mutex), kOtherSite) == record);
  CHECK(record->shown_address == address(mutex));
  CHECK(record->created == kOtherSite);
  CHECK(record->first_use == kSite);
  CHECK(record->kind == LockKind::kMutex);
}

TEST_CASE("lock record: a mutex that is initialised anew is another lock") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* first = find_or_make_record(plain(mutex), kSite);
  pthread_mutex_init(&mutex, nullptr);
  CHECK(find_record(plain(mutex)) == nullptr);
  LockRecord* second = find_or_make_record(plain(mutex, kOtherSite), kSite);
  REQUIRE(second);
  CHECK(second != first);
  CHECK(first->address.load() == 0);
  CHECK(first->shown_address == address(mutex));  // the profile still tells of it
  CHECK(find_record(plain(mutex)) == second);
}

TEST_CASE("lock record: a mutex of the same making shows as one, in another generation") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* first = find_or_make_record(plain(mutex), kSite);
  const uint64_t old_identity = *mutex_identity(&mutex);
  pthread_mutex_init(&mutex, nullptr);
  CHECK(find_or_make_record(plain(mutex), kSite) == first);
  CHECK(*mutex_identity(&mutex) != old_identity);
  *mutex_identity(&mutex) = old_identity;  // what a stale copy would say
  CHECK(find_record(plain(mutex)) == nullptr);
}

TEST_CASE("lock record: a copy of a mutex's memory is not that mutex") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  static pthread_mutex_t copy = mutex;
  CHECK(find_record(plain(copy)) == nullptr);
  LockRecord* other = find_or_make_record(plain(copy), kSite);
  CHECK(other != record);
  CHECK(find_record(plain(mutex)) == record);
}

TEST_CASE("lock record: garbage in the word is no record") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  for (uint64_t garbage : {~uint64_t{0}, uint64_t{1}, uint64_t{0xdeadbeef}, uint64_t{1} << 32 | 1}) {
    *mutex_identity(&mutex) = garbage;
    CHECK(find_record(plain(mutex)) == nullptr);
    LockRecord* record = find_or_make_record(plain(mutex), kSite);
    REQUIRE(record);
    CHECK(find_record(plain(mutex)) == record);
  }
}

TEST_CASE("lock record: a waiter makes a lock loud, its holder makes it quiet") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  record->pulse.arrive();
  make_loud(*record, plain(mutex));
  CHECK(is_loud(mutex));
  CHECK(find_record(plain(mutex)) == record);
  record->pulse.leave();
  make_quiet(*record, plain(mutex), record->pulse.load());
  CHECK_FALSE(is_loud(mutex));
  CHECK(find_record(plain(mutex)) == record);
  CHECK(find_or_make_record(plain(mutex), kOtherSite) == record);
}

// Each waiter must be met by a loud lock, or its wait would be charged to nobody.
TEST_CASE("lock record: a lock stays loud when somebody comes while it is made quiet") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  make_loud(*record, plain(mutex));
  const uint64_t before = record->pulse.load();
  record->pulse.arrive();
  make_quiet(*record, plain(mutex), before);
  CHECK(is_loud(mutex));
}

TEST_CASE("lock record: a waiter that comes while its lock is made quiet leaves it loud") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  constexpr int kRounds = 20'000;
  std::barrier step(2);
  std::thread holder([&] {
    for (int round = 0; round < kRounds; ++round) {
      step.arrive_and_wait();
      const uint64_t pulse = record->pulse.load();
      if (!Pulse::has_waiters(pulse)) make_quiet(*record, plain(mutex), pulse);
      step.arrive_and_wait();
    }
  });
  int silenced = 0;
  for (int round = 0; round < kRounds; ++round) {
    make_loud(*record, plain(mutex));
    step.arrive_and_wait();
    record->pulse.arrive();
    make_loud(*record, plain(mutex));
    step.arrive_and_wait();
    silenced += !is_loud(mutex);
    record->pulse.leave();
  }
  holder.join();
  CHECK(silenced == 0);
}

TEST_CASE("lock record: a loud word that leads to no record is zeroed, another one is left alone") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  *mutex_identity(&mutex) = kLoud | uint64_t{77} << 32 | 12345;
  forget_stray_identity(plain(mutex));
  CHECK(*mutex_identity(&mutex) == 0);

  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  make_loud(*record, plain(mutex));
  forget_stray_identity(plain(mutex));
  CHECK(is_loud(mutex));
  CHECK(find_record(plain(mutex)) == record);

  static pthread_mutex_t copy = mutex;
  forget_stray_identity(plain(copy));
  CHECK(*mutex_identity(&copy) == 0);
}

TEST_CASE("lock record: only a lock's own record makes it loud") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static pthread_mutex_t other = PTHREAD_MUTEX_INITIALIZER;
  find_or_make_record(plain(mutex), kSite);
  const LockRecord* record = find_or_make_record(plain(other), kSite);
  make_loud(*record, plain(mutex));
  CHECK_FALSE(is_loud(mutex));
  make_loud(*record, by_address(other));  // has no word: its holders always look
  CHECK_FALSE(is_loud(other));
}

TEST_CASE("lock record: kinds without words are found by address until they are retired") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* first = find_or_make_record(by_address(mutex), kSite);
  CHECK(find_record(by_address(mutex)) == first);
  CHECK(find_or_make_record(by_address(mutex), kOtherSite) == first);
  retire_record(by_address(mutex));
  CHECK(find_record(by_address(mutex)) == nullptr);
  CHECK(find_or_make_record(by_address(mutex), kSite) != first);
}

TEST_CASE("lock record: a name given before the first wait is found at it") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(name_lock(address(mutex), "early") == 0);
  CHECK(find_record(plain(mutex)) == nullptr);
  LockRecord* record = find_or_make_record(plain(mutex, kOtherSite), kSite);
  CHECK(name(*record) == "early");
  CHECK(record->created == kOtherSite);
  CHECK(record->first_use == kSite);
  CHECK(find_record(plain(mutex)) == record);
}

TEST_CASE("lock record: a name can be given late, and changed") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  CHECK(name_lock(address(mutex), "late") == 0);
  CHECK(name(*record) == "late");
  CHECK(name_lock(address(mutex), "later") == 0);
  CHECK(name(*record) == "later");
}

TEST_CASE("lock record: a lock that is initialised anew has no name") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  find_or_make_record(plain(mutex), kSite);
  CHECK(name_lock(address(mutex), "old") == 0);
  pthread_mutex_init(&mutex, nullptr);
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  REQUIRE(record);
  CHECK(name(*record).empty());
  CHECK(name_lock(address(mutex), "new") == 0);
  CHECK(name(*record) == "new");
}

TEST_CASE("lock record: a name for the new lock does not go to the old one's record") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* old = find_or_make_record(plain(mutex), kSite);
  pthread_mutex_init(&mutex, nullptr);
  CHECK(name_lock(address(mutex), "new") == 0);
  CHECK(name(*old).empty());
  CHECK(name(*find_or_make_record(plain(mutex), kSite)) == "new");
}

TEST_CASE("lock record: a name for a lock found by address") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(name_lock(address(mutex), "robust") == 0);
  LockRecord* record = find_or_make_record(by_address(mutex), kSite);
  CHECK(name(*record) == "robust");
  CHECK(record->first_use == kSite);
  CHECK(find_record(by_address(mutex)) == record);
}

TEST_CASE("lock record: what cannot be named") {
  static pthread_mutex_t mutex;
  CHECK(name_lock(0, "x") == EINVAL);
  CHECK(name_lock(address(mutex), nullptr) == EINVAL);
  CHECK(name_lock(address(mutex), "") == EINVAL);
}

TEST_CASE("lock record: equal names have one number, long ones are cut at 63 bytes") {
  const uint32_t number = intern_name("accounts");
  CHECK(number != 0);
  CHECK(intern_name("accounts") == number);
  CHECK(intern_name("account") != number);
  const uint32_t cut = intern_name(std::string(100, 'n').c_str());
  CHECK(std::string(name_text(cut)) == std::string(63, 'n'));
  CHECK(intern_name(std::string(63, 'n').c_str()) == cut);
  CHECK(std::string(name_text(0)).empty());
  CHECK(std::string(name_text(0xffffffff)).empty());
}

TEST_CASE("lock record: four waiting calls have a lane each, the others share one") {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LockRecord* record = find_or_make_record(plain(mutex), kSite);
  for (uintptr_t site = 1; site <= kSharedLane; ++site) CHECK(lane_of(*record, site) == site - 1);
  CHECK(lane_of(*record, 100) == kSharedLane);
  CHECK(lane_of(*record, 101) == kSharedLane);
  for (uintptr_t site = 1; site <= kSharedLane; ++site) CHECK(lane_of(*record, site) == site - 1);
}

TEST_CASE("lock record: a full table gives none and counts, and what is known stays") {
  const SmallTables small(8);
  static pthread_mutex_t mutexes[12];
  for (int i = 0; i < 12; ++i) {
    pthread_mutex_init(&mutexes[i], nullptr);
    CHECK((find_or_make_record(plain(mutexes[i]), kSite) != nullptr) == (i < 8));
  }
  CHECK(lock_records.refused() == 4);
  for (int i = 0; i < 12; ++i) CHECK((find_record(plain(mutexes[i])) != nullptr) == (i < 8));
  CHECK(name_lock(address(mutexes[11]), "no room") == ENOMEM);
  CHECK(name_lock(address(mutexes[0]), "room") == 0);
}

TEST_CASE("lock record: a full table of names is ENOMEM") {
  const SmallTables small(2);
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  CHECK(name_lock(address(mutex), "one") == 0);
  CHECK(name_lock(address(mutex), "two") == 0);
  CHECK(name_lock(address(mutex), "three") == ENOMEM);
  CHECK(name_lock(address(mutex), "one") == 0);
  CHECK(intern_name("four") == 0);
}

// Went wrong: a waiter found the record that another one was about to publish, and took it over as that of an older lock.
TEST_CASE("lock record: waiters that come at once agree on one record") {
  constexpr int kThreads = 8;
  constexpr int kLocks = 1000;
  for (bool words : {true, false}) {
    std::vector<pthread_mutex_t> mutexes(kLocks);
    for (pthread_mutex_t& mutex : mutexes) pthread_mutex_init(&mutex, nullptr);
    LockRecord* found[kThreads][kLocks];
    std::barrier step(kThreads);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kLocks; ++i) {
          step.arrive_and_wait();
          found[thread][i] = find_or_make_record(words ? plain(mutexes[i]) : by_address(mutexes[i]), kSite);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<LockRecord*> records;
    for (int i = 0; i < kLocks; ++i) {
      REQUIRE(found[0][i]);
      records.insert(found[0][i]);
      for (int thread = 1; thread < kThreads; ++thread) CHECK(found[thread][i] == found[0][i]);
      CHECK(find_record(words ? plain(mutexes[i]) : by_address(mutexes[i])) == found[0][i]);
    }
    CHECK(records.size() == kLocks);
    for (pthread_mutex_t& mutex : mutexes) retire_record(by_address(mutex));  // the memory is given back
  }
}
