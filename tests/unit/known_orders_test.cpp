// The table of orders that threads have used: of its own thread, until it creates another one; as many as there is room for.
#include "runtime/deadlock/known_orders.h"

#include <doctest/doctest.h>

#include "runtime/base/bounded_table.h"

using namespace lockwrap::deadlock;

TEST_CASE("known orders: an order is known to its thread, until that has created another one") {
  lockwrap::base::Arena arena;
  REQUIRE(arena.reserve(1 << 16));
  REQUIRE(place_known_orders(arena, 1 << 15));
  CHECK_FALSE(is_known_order(7, 0, 0x1234));
  add_known_order(7, 0, 0x1234);
  CHECK(is_known_order(7, 0, 0x1234));
  CHECK_FALSE(is_known_order(8, 0, 0x1234));
  CHECK_FALSE(is_known_order(7, 1, 0x1234));
  CHECK_FALSE(is_known_order(7, 0, 0x1235));
}

TEST_CASE("known orders: a full table forgets, and never knows what was not there") {
  lockwrap::base::Arena arena;
  REQUIRE(arena.reserve(1 << 16));
  REQUIRE(place_known_orders(arena, 1000 * sizeof(uint64_t)));  // 512 places
  for (uint32_t key = 1; key <= 10'000; ++key) add_known_order(1, 0, key);
  uint32_t known = 0;
  for (uint32_t key = 1; key <= 10'000; ++key) known += is_known_order(1, 0, key);
  CHECK(known > 400);
  CHECK(known <= 512);
  for (uint32_t key = 10'001; key <= 200'000; ++key) REQUIRE_FALSE(is_known_order(1, 0, key));
}
