// The functions behind the sampling of stacks, against the mathematics library.
#include "runtime/base/random.h"

#include <doctest/doctest.h>

#include <cmath>

using lockwrap::base::exponential;
using lockwrap::base::next_random;
using lockwrap::base::one_minus_exp;

TEST_CASE("one_minus_exp agrees with the mathematics library") {
  for (double x = 1e-12; x < 60; x *= 1.0137) {
    CAPTURE(x);
    const double expected = -std::expm1(-x);
    CHECK(std::abs(one_minus_exp(x) - expected) <= 1e-9);
    CHECK(std::abs(one_minus_exp(x) - expected) <= 1e-8 * expected);  // small ones too: weights divide by it
  }
}

TEST_CASE("one_minus_exp of nothing is nothing, of much is one") {
  CHECK(one_minus_exp(0) == 0);
  CHECK(one_minus_exp(-3) == 0);
  CHECK(one_minus_exp(std::nan("")) == 0);
  CHECK(one_minus_exp(1e300) == 1);
  CHECK(one_minus_exp(INFINITY) == 1);
}

TEST_CASE("random numbers from a state of zero follow the seed") {
  uint64_t first = 0;
  uint64_t second = 0;
  uint64_t other = 0;
  const uint64_t a = next_random(first, 12345);
  CHECK(a == next_random(second, 12345));
  CHECK(a != next_random(other, 54321));
  CHECK(next_random(first, 1) != a);
}

TEST_CASE("random numbers are spread evenly") {
  uint64_t state = 0;
  double sum = 0;
  int buckets[16] = {};
  constexpr int kNumbers = 160'000;
  for (int i = 0; i < kNumbers; ++i) {
    const uint64_t number = next_random(state, 77);
    sum += static_cast<double>(number >> 11) * 0x1p-53;
    ++buckets[number >> 60];
  }
  CHECK(std::abs(sum / kNumbers - 0.5) < 0.005);
  for (int count : buckets) CHECK(std::abs(count - kNumbers / 16) < 500);  // five standard deviations
}

TEST_CASE("exponential agrees with the mathematics library") {
  uint64_t state = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t random = next_random(state, 5) >> (i % 64);
    CAPTURE(random);
    CHECK(std::abs(exponential(random) + std::log(static_cast<double>(random | 1) * 0x1p-64)) <= 1e-6);
  }
}

TEST_CASE("exponential is finite and not negative at its ends") {
  CHECK(exponential(0) == doctest::Approx(64 * std::log(2.0)));
  CHECK(exponential(1) == exponential(0));
  CHECK(exponential(~uint64_t{0}) >= 0);
  CHECK(exponential(~uint64_t{0}) < 1e-6);
}

TEST_CASE("exponential has a mean of one and no memory") {
  uint64_t state = 0;
  double sum = 0;
  int beyond_one = 0;
  int beyond_two = 0;
  constexpr int kNumbers = 200'000;
  for (int i = 0; i < kNumbers; ++i) {
    const double x = exponential(next_random(state, 9));
    sum += x;
    beyond_one += x > 1;
    beyond_two += x > 2;
  }
  CHECK(sum / kNumbers == doctest::Approx(1).epsilon(0.01));
  CHECK(beyond_one == doctest::Approx(kNumbers * std::exp(-1)).epsilon(0.015));
  CHECK(beyond_two == doctest::Approx(beyond_one * std::exp(-1)).epsilon(0.02));
}
