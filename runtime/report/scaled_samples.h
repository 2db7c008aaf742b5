// The sampled stacks of a place or pair, their weights scaled so that they add up to its exact counters.
// Runs: when a report is written.
#pragma once

#include <cstdint>

#include "runtime/contention/profile_tables.h"

namespace lockwrap::report {

struct ScaledSample {
  uint32_t stack;  // 0: no stack was sampled
  uint32_t thread_name;
  uint64_t count;
  uint64_t ns;
};

// A share of `total` that ends where `part` of `whole` ends; consecutive calls give consecutive shares of the whole.
class Apportion {
 public:
  Apportion(uint64_t total, double whole) : total_(total), whole_(whole) {}
  uint64_t next(double part) {
    done_part_ += part;
    const double end = whole_ > 0 ? done_part_ / whole_ * static_cast<double>(total_) : 0;
    uint64_t end_rounded = static_cast<uint64_t>(end);
    if (end_rounded > total_) end_rounded = total_;
    if (end_rounded < given_) end_rounded = given_;
    const uint64_t share = end_rounded - given_;
    given_ = end_rounded;
    return share;
  }
  // What is left for the last one.
  uint64_t rest() const { return total_ - given_; }

 private:
  uint64_t total_;
  double whole_;
  double done_part_ = 0;
  uint64_t given_ = 0;
};

// Visits the samples of `owner`; without any, one sample without a stack. Their counts and times add up to `count` and `ns`.
template <class Visit>
void scale_samples(const contention::SampleOwner& owner, uint64_t count, uint64_t ns, Visit visit) {
  double whole_ns = 0;
  double whole_count = 0;
  const contention::Sample* last = nullptr;
  contention::for_each_sample_of(owner, [&](const contention::Sample& sample) {
    const uint64_t weight = sample.weight_ns.load(std::memory_order_relaxed);
    if (!weight) return;
    whole_ns += static_cast<double>(weight);
    whole_count += static_cast<double>(sample.count.load(std::memory_order_relaxed));
    last = &sample;
  });
  if (!last) {
    visit(ScaledSample{0, 0, count, ns});
    return;
  }
  Apportion times(ns, whole_ns);
  Apportion counts(count, whole_count);
  contention::for_each_sample_of(owner, [&](const contention::Sample& sample) {
    const uint64_t weight = sample.weight_ns.load(std::memory_order_relaxed);
    if (!weight || &sample == last) return;
    const double sampled = static_cast<double>(sample.count.load(std::memory_order_relaxed));
    visit(ScaledSample{sample.stack, sample.thread_name, counts.next(sampled), times.next(static_cast<double>(weight))});
  });
  visit(ScaledSample{last->stack, last->thread_name, counts.rest(), times.rest()});
}

}  // namespace lockwrap::report
