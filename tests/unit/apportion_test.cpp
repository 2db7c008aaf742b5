// Apportion and scale_samples: whatever the weights of the sampled stacks, the shares add up to the exact counters.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "runtime/report/scaled_samples.h"

namespace contention = lockwrap::contention;
using lockwrap::report::Apportion;
using lockwrap::report::scale_samples;
using lockwrap::report::ScaledSample;

namespace {

contention::Sample& add_sample(contention::SampleOwner& owner, uint64_t weight_ns, uint64_t count) {
  static uint64_t next;
  const uint64_t hash = lockwrap::base::mix(++next);
  contention::Sample* sample = contention::samples.find_or_add(
      hash, [](const contention::Sample&) { return false; },
      [&](contention::Sample& fresh) {
        fresh.owner = &owner;
        fresh.stack = static_cast<uint32_t>(next);
        fresh.weight_ns.store(weight_ns);
        fresh.count.store(count);
      });
  REQUIRE(sample);
  lockwrap::base::link_once(owner.first_sample, sample->next_of_owner, contention::samples.index_of(sample));
  return *sample;
}

std::vector<ScaledSample> scaled(const contention::SampleOwner& owner, uint64_t count, uint64_t ns) {
  std::vector<ScaledSample> result;
  scale_samples(owner, count, ns, [&](const ScaledSample& sample) { result.push_back(sample); });
  return result;
}

void check_sums(const std::vector<ScaledSample>& samples, uint64_t count, uint64_t ns) {
  uint64_t count_sum = 0;
  uint64_t ns_sum = 0;
  for (const ScaledSample& sample : samples) {
    count_sum += sample.count;
    ns_sum += sample.ns;
  }
  CHECK(count_sum == count);
  CHECK(ns_sum == ns);
}

}  // namespace

TEST_CASE("apportioned shares never exceed the total, and the rest completes it") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 500; ++round) {
    const uint64_t total = random() >> (random() % 64);
    std::vector<double> parts(1 + random() % 50);
    double whole = 0;
    for (double& part : parts) whole += part = static_cast<double>(random() >> (random() % 64));
    Apportion apportion(total, whole);
    uint64_t given = 0;
    for (size_t i = 0; i + 1 < parts.size(); ++i) given += apportion.next(parts[i]);
    REQUIRE(given <= total);
    REQUIRE(given + apportion.rest() == total);
  }
}

TEST_CASE("apportioned shares follow the parts") {
  Apportion apportion(1000, 10);
  CHECK(apportion.next(1) == 100);
  CHECK(apportion.next(5) == 500);
  CHECK(apportion.next(0) == 0);
  CHECK(apportion.rest() == 400);
}

TEST_CASE("an apportioned whole of zero gives everything to the last") {
  Apportion apportion(77, 0);
  CHECK(apportion.next(0) == 0);
  CHECK(apportion.rest() == 77);
}

TEST_CASE("without a sampled stack one sample carries the counters") {
  contention::SampleOwner owner{};
  const auto samples = scaled(owner, 12, 3456);
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].stack == 0);
  check_sums(samples, 12, 3456);
}

TEST_CASE("samples add up to the exact counters") {
  std::mt19937_64 random(8);
  for (int round = 0; round < 50; ++round) {
    contention::SampleOwner owner{};
    for (size_t i = 1 + random() % 40; i > 0; --i) add_sample(owner, 1 + (random() >> (20 + random() % 44)), 16 + random() % 1000);
    const uint64_t count = random() % 100'000;
    const uint64_t ns = random() >> (8 + random() % 50);
    check_sums(scaled(owner, count, ns), count, ns);
  }
}

TEST_CASE("samples share the time in proportion to their weights") {
  contention::SampleOwner owner{};
  const uint32_t light = add_sample(owner, 1000, 16).stack;
  const uint32_t heavy = add_sample(owner, 3000, 16).stack;
  const auto samples = scaled(owner, 10, 8000);
  REQUIRE(samples.size() == 2);
  for (const ScaledSample& sample : samples) {
    if (sample.stack == light) CHECK(sample.ns == 2000);
    if (sample.stack == heavy) CHECK(sample.ns == 6000);
    CHECK(sample.count == 5);
  }
}

TEST_CASE("samples that a reset has emptied are left out") {
  contention::SampleOwner owner{};
  add_sample(owner, 0, 0);
  const uint32_t kept = add_sample(owner, 5, 16).stack;
  add_sample(owner, 0, 0);
  const auto samples = scaled(owner, 4, 100);
  REQUIRE(samples.size() == 1);
  CHECK(samples[0].stack == kept);
  check_sums(samples, 4, 100);
}
