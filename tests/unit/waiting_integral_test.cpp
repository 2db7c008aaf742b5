// WaitingIntegral against a model that remembers every arrival and every departure.
#include "runtime/locks/waiting_integral.h"

#include <doctest/doctest.h>

#include <barrier>
#include <random>
#include <thread>
#include <vector>

using lockwrap::locks::WaitingIntegral;

namespace {

struct Stay {
  uint64_t from;
  uint64_t to;  // ~0: still here
};

// What all stays together lasted up to `now`, in units.
uint64_t naive_integral(const std::vector<Stay>& stays, uint64_t now) {
  uint64_t sum = 0;
  for (const Stay& stay : stays) {
    sum += WaitingIntegral::units(stay.to < now ? stay.to : now) - WaitingIntegral::units(stay.from);
  }
  return sum;
}

constexpr uint64_t kUnitMask = (uint64_t{1} << 48) - 1;

void compare_with_model(uint64_t seed, uint64_t start_ns) {
  std::mt19937_64 random(seed);
  WaitingIntegral integral{};
  std::vector<Stay> stays;
  std::vector<size_t> present;
  uint64_t now = start_ns;
  uint64_t hold_begin = 0;
  uint64_t model_begin = 0;
  for (int step = 0; step < 3000; ++step) {
    now += random() % 100'000;
    const auto choice = random() % 3;
    if (choice == 0 || present.empty()) {
      present.push_back(stays.size());
      stays.push_back({now, ~uint64_t{0}});
      integral.arrive(now);
    } else if (choice == 1) {
      const size_t which = random() % present.size();
      stays[present[which]].to = now;
      present.erase(present.begin() + static_cast<long>(which));
      integral.leave(now);
    } else {
      // A hold ends here and another one begins.
      const uint64_t value = WaitingIntegral::at(integral.load(), now);
      const uint64_t model = naive_integral(stays, now);
      REQUIRE(value == (model & kUnitMask));
      REQUIRE(WaitingIntegral::growth_ns(hold_begin, value) == WaitingIntegral::nanoseconds(model - model_begin));
      hold_begin = value;
      model_begin = model;
    }
    REQUIRE(WaitingIntegral::waiters(integral.load()) == present.size());
  }
}

}  // namespace

TEST_CASE("the integral grows as a model of all arrivals says") {
  for (uint64_t seed = 1; seed <= 20; ++seed) compare_with_model(seed, 1'000'000'000 * seed);
}

TEST_CASE("the integral is right on a machine that has been up for years") {
  compare_with_model(99, uint64_t{10} * 365 * 86400 * 1'000'000'000);
}

TEST_CASE("the integral is right when its 48 bits wrap") { compare_with_model(7, (uint64_t{1} << 54) - 50'000'000); }

TEST_CASE("an integral without waiters does not depend on the time") {
  WaitingIntegral integral{};
  integral.arrive(6400);
  integral.leave(64000);
  CHECK(WaitingIntegral::at(integral.load(), 0) == WaitingIntegral::at(integral.load(), 1'000'000'000'000));
  CHECK(WaitingIntegral::nanoseconds(WaitingIntegral::at(integral.load(), 0)) == 57600);
}

TEST_CASE("an integral that went backwards counts as no growth") {
  CHECK(WaitingIntegral::growth_ns(10, 9) == 0);
  CHECK(WaitingIntegral::growth_ns(10, 10) == 0);
  CHECK(WaitingIntegral::growth_ns(10, 11) == 64);
}

TEST_CASE("65535 waiters are counted") {
  WaitingIntegral integral{};
  for (int i = 0; i < 65535; ++i) integral.arrive(640);
  CHECK(WaitingIntegral::waiters(integral.load()) == 65535);
  CHECK(WaitingIntegral::at(integral.load(), 1280) == 65535 * 10);
  for (int i = 0; i < 65535; ++i) integral.leave(1280);
  CHECK(WaitingIntegral::waiters(integral.load()) == 0);
}

TEST_CASE("arrivals and departures of many threads at once lose nothing") {
  constexpr int kThreads = 8;
  constexpr uint64_t kRounds = 20'000;
  WaitingIntegral integral{};
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      start.arrive_and_wait();
      for (uint64_t round = 0; round < kRounds; ++round) {
        integral.arrive(64 * (1000 + thread));
        integral.leave(64 * (1003 + thread));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(WaitingIntegral::waiters(integral.load()) == 0);
  CHECK(WaitingIntegral::at(integral.load(), 0) == 3 * kThreads * kRounds);
}
