// A wait that is over before the lock has been told of it.
#include <doctest/doctest.h>
#include <pthread.h>

#include <cstdint>

#include "runtime/base/clock.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/hooks.h"

using namespace lockwrap;
using lockwrap::base::monotonic_ns;

namespace {

constexpr uintptr_t kSite = 0x401234;

struct Counted {
  uint64_t waits;
  uint64_t wait_ns;
};

Counted count_places(const locks::LockRecord& record) {
  Counted counted{};
  contention::for_each_place_of(record, [&](const contention::Place& place) {
    counted.waits += place.contentions.load();
    counted.wait_ns += place.waits.sum_ns.load();
  });
  return counted;
}

// Somebody has had the mutex, and gives it back before the thread would block.
template <class Meanwhile>
void wait_shortly(pthread_mutex_t& mutex, Meanwhile meanwhile) {
  const uintptr_t lock = hooks::held_mutex(&mutex);
  hooks::LongWait wait;
  wait.lock = lock, wait.kind = hooks::LockKind::kMutex, wait.site = kSite;
  REQUIRE(hooks::prepare_long_wait(wait));
  REQUIRE(pthread_mutex_trylock(&mutex) == 0);
  hooks::wait_ended(wait.ticket, lock, wait.kind, kSite, hooks::WaitEnd::kHeld);
  meanwhile();
  const hooks::Release release = hooks::releasing(lock, wait.kind);
  CHECK(release.thread != nullptr);
  REQUIRE(pthread_mutex_unlock(&mutex) == 0);
  hooks::released(release, kSite, true);
}
void wait_shortly(pthread_mutex_t& mutex) {
  wait_shortly(mutex, [] {});
}

}  // namespace

TEST_CASE("a wait that ends with the second try is counted with its time, and nobody is told or charged") {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  constexpr uint64_t kWaits = 1000;
  const uint64_t since_ns = monotonic_ns();
  for (uint64_t i = 0; i < kWaits; ++i) wait_shortly(mutex);
  const uint64_t passed_ns = monotonic_ns() - since_ns;
  const locks::LockRecord* record = locks::newest_record_at(hooks::held_mutex(&mutex));
  REQUIRE(record);
  const Counted counted = count_places(*record);
  CHECK(counted.waits == kWaits);
  CHECK(counted.wait_ns > 0);
  CHECK(counted.wait_ns < passed_ns);
  CHECK(record->pulse.load() == 0);
  CHECK(record->first_pair.load() == 0);
  CHECK(record->first_holder.load() == 0);
  if (locks::kMutexHasWords) CHECK(hooks::is_quiet(&mutex));
}

TEST_CASE("the stacks of such waits are sampled in proportion to the time waited") {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  // All of them together are many times sample_us.
  constexpr uint64_t kEnough_ns = 20'000'000;
  const locks::LockRecord* record = nullptr;
  do {
    wait_shortly(mutex);
    if (!record) record = locks::newest_record_at(hooks::held_mutex(&mutex));
    REQUIRE(record);
  } while (count_places(*record).wait_ns < kEnough_ns);
  uint64_t weight_ns = 0;
  contention::for_each_place_of(*record, [&](const contention::Place& place) {
    contention::for_each_sample_of(place, [&](const contention::Sample& sample) { weight_ns += sample.weight_ns.load(); });
  });
  // 200 samples on average.
  CHECK(weight_ns > kEnough_ns / 2);
  CHECK(weight_ns < kEnough_ns * 2);
}

// The hold before it was taken for its beginning.
TEST_CASE("a hold that begins with such a wait lasts from then on, if somebody comes to it") {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  wait_shortly(mutex);
  locks::LockRecord* record = locks::newest_record_at(hooks::held_mutex(&mutex));
  REQUIRE(record);
  constexpr uint64_t kLong_ns = 3'600'000'000'000;
  record->begin_ns.store(monotonic_ns() - kLong_ns);  // of another thread's hold
  wait_shortly(mutex, [&] {
    const uint64_t now_ns = monotonic_ns();
    record->lanes[0].waiting.arrive(now_ns);
    record->pulse.arrive();
    while (monotonic_ns() - now_ns < 1'000'000) {
    }
  });
  uint64_t holds = 0, held_ns = 0;
  contention::for_each_holder_of(*record, [&](const contention::Holder& holder) {
    holds += holder.count.load();
    held_ns += holder.holds.sum_ns.load();
  });
  CHECK(holds == 1);
  CHECK(held_ns >= 1'000'000);
  CHECK(held_ns < kLong_ns);
}
