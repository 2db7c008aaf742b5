// What kind of trouble a row is called, and the figures beside it.
#include "report/lock_pattern.h"

#include <doctest/doctest.h>

using namespace lockwrap::cli;

namespace {

constexpr int64_t kMs = 1'000'000;

// Waits in one place, held in another; `holds` of them made somebody wait.
LockRow row(int64_t contentions, int64_t wait_ns, int64_t holds, int64_t charged_ns) {
  LockRow row;
  row.kind = "mutex";
  row.contentions = contentions;
  row.wait_ns = wait_ns;
  row.max_wait_ns = wait_ns;
  row.waits_in.push_back({{"Cache::get()", "", 0}, "", wait_ns, contentions, {}});
  if (holds > 0) row.held_by.push_back({{"Cache::rebuild()", "", 0}, "", charged_ns, holds, {}});
  return row;
}

LockRow with_modes(LockRow row, const char *waits, const char *holds) {
  row.kind = "rwlock";
  row.waits_in.front().mode = waits;
  row.held_by.front().mode = holds;
  return row;
}

std::string pattern(const LockRow &row) { return pattern_name(shape_of(row, 1000 * kMs).pattern); }

}  // namespace

TEST_CASE("a place that holds long is a hog, a convoy when several wait for each hold") {
  CHECK(pattern(row(10, 100 * kMs, 10, 95 * kMs)) == "one-hog");
  CHECK(pattern(row(100, 1000 * kMs, 10, 950 * kMs)) == "convoy");
  CHECK(pattern(row(10, 100 * kMs, 10, 30 * kMs)) == "unclear");  // most of it is charged to nobody
  CHECK(pattern(row(10, 100 * kMs, 0, 0)) == "unclear");
}

TEST_CASE("short waits are of a lock that is taken often") {
  CHECK(pattern(row(10'000, 100 * kMs, 9'000, 20 * kMs)) == "many-short-holds");
  CHECK(pattern(row(10'000, 100 * kMs, 9'000, 90 * kMs)) == "many-short-holds");
  CHECK(pattern(row(1, kMs / 10, 0, 0)) == "unclear");  // once is not often
}

TEST_CASE("a holder that sleeps for most of its hold holds it across a blocking call") {
  LockRow sleeping = row(10, 100 * kMs, 10, 95 * kMs);
  HoldTimes &holds = sleeping.held_by.front().holds;
  holds.histogram = {{23, 10}};
  holds.holds = 10;
  holds.hold_ns = 95 * kMs;
  CHECK(pattern(sleeping) == "one-hog");  // nobody looked
  holds.looked_ns = 50 * kMs;
  holds.blocked_ns = 45 * kMs;
  CHECK(pattern(sleeping) == "held-across-blocking-call");
  CHECK(pattern(with_modes(sleeping, "read", "write")) == "held-across-blocking-call");
  CHECK(shape_of(sleeping, 0).holder_sleeps);
  holds.blocked_ns = 10 * kMs;
  CHECK(pattern(sleeping) == "one-hog");
  holds.looked_ns = holds.blocked_ns = 10 * kMs;  // one of ten holds says little
  CHECK(pattern(sleeping) == "one-hog");
  holds = {{{10, 10}}, 10, 10'000, 2'000, 10'000, 10'000};  // as long as it takes to wake a thread
  CHECK(pattern(sleeping) == "one-hog");
  LockRow elsewhere = row(10, 100 * kMs, 10, 30 * kMs);
  elsewhere.held_by.front().holds = {{{23, 10}}, 10, 95 * kMs, 10 * kMs, 50 * kMs, 50 * kMs};
  CHECK(pattern(elsewhere) == "unclear");  // what it holds is not what is waited for
}

TEST_CASE("hold times add up, and tell their mean and what most stay below") {
  HoldTimes times{{{10, 98}, {20, 1}}, 100, 4'000'000, 1'900'000, 0, 0};
  CHECK(times.holds == 100);
  CHECK(times.mean_ns() == 40'000);
  CHECK(*times.p99_ns() == 1'900'000);  // never more than the longest
  CHECK(!times.blocked_share());
  times.add({{{10, 101}}, 101, 200'000, 2'000, 100'000, 40'000});
  CHECK(times.holds == 201);
  CHECK(*times.p99_ns() == 2048);
  CHECK(times.max_hold_ns == 1'900'000);
  CHECK(*times.blocked_share() == 0.4);
  CHECK(HoldTimes{}.mean_ns() == 0);
  CHECK(!HoldTimes{}.p99_ns());
}

TEST_CASE("readers and writers that delay each other are told apart") {
  CHECK(pattern(with_modes(row(10, 100 * kMs, 10, 95 * kMs), "write", "read")) == "readers-delay-writers");
  CHECK(pattern(with_modes(row(10, 100 * kMs, 10, 95 * kMs), "read", "write")) == "writers-delay-readers");
  CHECK(pattern(with_modes(row(10, 100 * kMs, 10, 95 * kMs), "write", "write")) == "one-hog");
}

// Readers who sleep for 5 ms each kept a writer waiting for 3 s, and only their sleep was told.
TEST_CASE("readers who relieve each other delay a writer also when each of them sleeps") {
  LockRow starved = with_modes(row(10, 100 * kMs, 10, 95 * kMs), "write", "read");
  CHECK_FALSE(shape_of(starved, 0).holder_sleeps);
  starved.held_by.front().holds = {{{23, 10}}, 10, 95 * kMs, 10 * kMs, 50 * kMs, 45 * kMs};
  CHECK(pattern(starved) == "readers-delay-writers");
  CHECK(shape_of(starved, 0).holder_sleeps);
}

TEST_CASE("locks of allocators are known by who waits") {
  for (const char *function : {"je_arena_bin_malloc_hard", "extent_recycle", "tcmalloc::CentralFreeList::Populate()", "_mi_page_alloc"}) {
    CAPTURE(function);
    LockRow allocator = row(10, 100 * kMs, 10, 95 * kMs);
    allocator.waits_in.front().place.function = function;
    CHECK(pattern(allocator) == "allocator");
  }
}

TEST_CASE("the figures are those of the row") {
  LockRow figures = row(100, 1000 * kMs, 10, 950 * kMs);
  figures.max_wait_ns = 50 * kMs;
  figures.histogram = {{10, 98}, {20, 1}, {30, 1}};
  const LockShape shape = shape_of(figures, 500 * kMs);
  CHECK(shape.mean_wait_ns == 10 * kMs);
  CHECK(shape.p99_wait_ns == int64_t{1} << 21);
  CHECK(shape.blamed_ns_a_hold == 95 * kMs);
  CHECK(shape.waiting_threads == doctest::Approx(2.0));
  figures.histogram = {{30, 100}};
  CHECK(shape_of(figures, 0).p99_wait_ns == 50 * kMs);  // never more than the longest
  CHECK(shape_of(figures, 0).waiting_threads == 0);
  figures.histogram = {{63, 1}, {-5, 1}};
  figures.max_wait_ns = 0;
  CHECK(shape_of(figures, 0).p99_wait_ns == 0);
  figures.histogram.clear();
  CHECK_FALSE(shape_of(figures, 0).p99_wait_ns);
}
