// What other threads read of a wait.
#include <doctest/doctest.h>

#include "runtime/locks/published_wait.h"

using namespace lockwrap::locks;

namespace {

constexpr WaitSeen kWait{0, LockKind::kRwlock, false, true, 0x1001, 0x2000, 0x3000, 17, 4};

}  // namespace

TEST_CASE("a published wait is read as it was published") {
  PublishedWait published{};
  WaitSeen seen{};
  CHECK_FALSE(published.read(seen));
  REQUIRE(published.begin(kWait));
  REQUIRE(published.read(seen));
  CHECK(seen.sequence == published.sequence());
  CHECK(seen.kind == LockKind::kRwlock);
  CHECK_FALSE(seen.is_timed);
  CHECK(seen.can_look);
  CHECK(seen.lock == 0x1001);
  CHECK(seen.site == 0x2000);
  CHECK(seen.frame == 0x3000);
  CHECK(seen.held == 17);
  CHECK(seen.since_ns == 4);
  CHECK_FALSE(published.begin(kWait));
  published.end();
  CHECK_FALSE(published.read(seen));
}

// Two threads of one deadlock could give up: the second one looked before the first had come out of its wait.
TEST_CASE("a wait that was given up is none, until the next one begins") {
  PublishedWait published{};
  WaitSeen seen{};
  REQUIRE(published.begin(kWait));
  published.give_up();
  CHECK_FALSE(published.read(seen));
  CHECK_FALSE(published.begin(kWait));
  published.end();
  REQUIRE(published.begin(kWait));
  CHECK(published.read(seen));
}
