// The rings of a timeline: what is kept, what is overwritten, and what a reader sees while it is.
#include "runtime/contention/timeline.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

using namespace lockwrap;
using contention::EventKind;
using contention::TimelineEvent;
using contention::WaitOutcome;
using locks::LockRecord;
using locks::ThreadRecord;

namespace {

// Never given back: the tables stay in use until the process ends.
LockRecord& a_record() {
  static LockRecord* record = [] {
    static base::Arena arena;
    REQUIRE(arena.reserve(4 << 20));
    REQUIRE(locks::lock_records.place(arena, 100));
    REQUIRE(locks::names.place(arena, 100));
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    return locks::find_or_make_record({reinterpret_cast<uintptr_t>(&mutex), nullptr, 0, locks::LockKind::kSpin}, 1);
  }();
  REQUIRE(record);
  return *record;
}

// In a thread of its own, which has a record and an empty ring.
template <class Work>
void with_timeline(uint64_t kib, Work work) {
  LockRecord& record = a_record();
  REQUIRE(contention::keep_timeline(kib));
  std::thread([&] {
    ThreadRecord* thread = locks::claim_thread_record();
    REQUIRE(thread);
    work(*thread, record);
  }).join();
  contention::timeline_kept = false;
}

std::vector<TimelineEvent> events(contention::TimelineCounts* counts = nullptr) {
  std::vector<TimelineEvent> list;
  const contention::TimelineCounts seen =
      contention::for_each_timeline_event([](void* context, const TimelineEvent& event) { static_cast<std::vector<TimelineEvent>*>(context)->push_back(event); }, &list);
  if (counts) *counts = seen;
  return list;
}

uintptr_t lock_of(const LockRecord& record) { return record.shown_address | locks::kNoMutex; }

// A wait from `begin_ns` on, which takes half as long as that.
void wait(ThreadRecord& thread, const LockRecord& record, uint64_t begin_ns) {
  const uint64_t event = contention::note_wait(thread, record, lock_of(record), begin_ns + 1, begin_ns);
  contention::note_wait_end(thread, event, begin_ns + begin_ns / 2, WaitOutcome::kAcquired);
}

}  // namespace

TEST_CASE("timeline: waits and holds are kept as they were, in order") {
  with_timeline(1, [](ThreadRecord& thread, LockRecord& record) {
    wait(thread, record, 1000);
    const uint64_t event = contention::note_wait(thread, record, lock_of(record) | locks::kShared, 77, 2000);
    contention::note_wait_end(thread, event, 2500, WaitOutcome::kGivenUp);
    locks::Settlement settlement{};
    settlement.record = &record;
    settlement.holder_site = 88;
    contention::note_hold(thread, settlement, {3000, 3500});  // nobody waited
    settlement.is_blamed = true;
    contention::note_hold(thread, settlement, {4000, 4500});
    const std::vector<TimelineEvent> list = events();
    REQUIRE(list.size() == 3);
    CHECK(list[0].kind == EventKind::kWait);
    CHECK(list[0].begin_ns == 1000);
    CHECK(list[0].end_ns == 1500);
    CHECK(list[0].site == 1001);
    CHECK(list[0].outcome == WaitOutcome::kAcquired);
    CHECK(list[0].lock == locks::lock_records.index_of(&record));
    CHECK(list[0].thread == locks::kernel_thread_id());
    CHECK(list[1].outcome == WaitOutcome::kGivenUp);
    CHECK(list[1].is_reader == (locks::kShared != 0));
    CHECK(list[2].kind == EventKind::kHold);
    CHECK(list[2].site == 88);
    CHECK(list[2].begin_ns == 4000);
    CHECK(list[2].end_ns == 4500);
  });
}

TEST_CASE("timeline: the newest of a full ring are kept, the others counted") {
  with_timeline(1, [](ThreadRecord& thread, LockRecord& record) {
    CHECK(contention::events_of_ring() == 15);
    for (uint64_t i = 1; i <= 100; ++i) wait(thread, record, i * 1000);
    contention::TimelineCounts counts;
    const std::vector<TimelineEvent> list = events(&counts);
    REQUIRE(list.size() == 15);
    CHECK(list.front().begin_ns == 86'000);
    CHECK(list.back().begin_ns == 100'000);
    CHECK(counts.overwritten == 85);
    CHECK(counts.refused == 0);
  });
}

TEST_CASE("timeline: a wait goes on while its thread is in it, and else is left out") {
  with_timeline(1, [](ThreadRecord& thread, LockRecord& record) {
    const uint64_t event = contention::note_wait(thread, record, lock_of(record), 1, 1000);
    CHECK(events().empty());  // left by a jump
    thread.wait.since_ns = 1000;
    thread.wait.place = 1;
    REQUIRE(events().size() == 1);
    CHECK(events()[0].outcome == WaitOutcome::kGoesOn);
    thread.wait.place = 0;
    thread.custom.since_ns = 1000;
    thread.custom.place = 1;
    CHECK(events().size() == 1);
    thread.custom.place = 0;
    contention::note_wait_end(thread, event, 2000, WaitOutcome::kNoWait);
    CHECK(events().empty());  // an error
  });
}

TEST_CASE("timeline: the end of a wait that was overwritten meanwhile changes nothing") {
  with_timeline(1, [](ThreadRecord& thread, LockRecord& record) {
    const uint64_t outer = contention::note_wait(thread, record, lock_of(record), 1, 500);
    contention::keep_outer_event(thread, outer);
    for (uint64_t i = 1; i <= 15; ++i) wait(thread, record, i * 1000);
    contention::note_wait_end(thread, contention::outer_event(thread), 999'999, WaitOutcome::kGivenUp);
    for (const TimelineEvent& event : events()) CHECK(event.end_ns == event.begin_ns + event.begin_ns / 2);
  });
}

TEST_CASE("timeline: events of ended threads stay when further threads get their slots") {
  LockRecord& record = a_record();
  REQUIRE(contention::keep_timeline(1));
  std::vector<uint32_t> ids;
  size_t most_slot = 0;
  constexpr size_t kThreads = 200;
  for (size_t i = 0; i < kThreads; ++i) {
    std::thread([&] {
      ThreadRecord* thread = locks::claim_thread_record();
      REQUIRE(thread);
      ids.push_back(locks::kernel_thread_id());
      most_slot = std::max(most_slot, locks::slot_of(*thread));
      wait(*thread, record, 1000);
    }).join();
  }
  CHECK(most_slot < kThreads - 1);  // slots were used again
  const std::vector<TimelineEvent> list = events();
  CHECK(list.size() == kThreads);
  for (const uint32_t id : ids) {
    CHECK(std::any_of(list.begin(), list.end(), [&](const TimelineEvent& event) { return event.thread == id; }));
  }
  contention::timeline_kept = false;
}

TEST_CASE("timeline: what is read while the ring is written belongs together") {
  with_timeline(1, [](ThreadRecord& thread, LockRecord& record) {
    std::atomic<bool> is_over = false;
    std::atomic<uint64_t> passes = 0;
    std::thread reader([&] {
      size_t seen = 0, torn = 0;
      uint64_t newest = 0;
      for (bool is_last = false; !is_last;) {
        is_last = is_over && passes >= 200'000;  // the ring is complete then
        for (const TimelineEvent& event : events()) {
          ++seen;
          torn += event.site != event.begin_ns + 1 || event.end_ns != event.begin_ns + event.begin_ns / 2 || event.begin_ns % 1000 != 0;
          if (newest < event.begin_ns) newest = event.begin_ns;
        }
        ++passes;
      }
      CHECK(torn == 0);
      CHECK(seen > 0);
      CHECK(newest > 0);
    });
    for (uint64_t i = 1; i <= 200'000 || passes < 200'000; ++i) wait(thread, record, i * 1000);
    is_over = true;
    reader.join();
  });
}
