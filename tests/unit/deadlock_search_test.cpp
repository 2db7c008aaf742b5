// Whose turn it is to look for a deadlock.
#include <doctest/doctest.h>

#include <thread>

#include "runtime/deadlock/waits_for.h"

using namespace lockwrap::deadlock;

TEST_CASE("one thread looks for deadlocks at a time") {
  {
    const Search first(false);
    CHECK(first.has_turn());
    CHECK_FALSE(Search(false).has_turn());
  }
  CHECK(Search(false).has_turn());
}

// A wait without parts looked once, and not at all if others were searching then.
TEST_CASE("a search waits for its turn if it will not be made again") {
  bool had_turn = false;
  std::thread later;
  {
    const Search first(false);
    std::atomic<bool> begins = false;
    later = std::thread([&] {
      begins = true;
      had_turn = Search(true).has_turn();
    });
    while (!begins) std::this_thread::yield();
  }
  later.join();
  CHECK(had_turn);
}

TEST_CASE("a search does not wait for its turn for ever") {
  const Search first(false);
  CHECK_FALSE(Search(true).has_turn());
}

// A child that was forked during a search of its parent never looked for deadlocks.
TEST_CASE("the searches of a parent process are forgotten") {
  const Search of_parent(false);
  forget_searches();
  CHECK(Search(false).has_turn());
}
