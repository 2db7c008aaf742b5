#include "report/profile_change.h"

#include <algorithm>
#include <tuple>

namespace lockwrap::cli {
namespace {

using SampleKey = std::tuple<Side, uint64_t, uint64_t, uint64_t, std::string, std::vector<uint64_t>>;

SampleKey key_of(const LockProfile &profile, const LockSample &sample) {
  std::vector<uint64_t> addresses;
  for (const uint32_t number : sample.stack) addresses.push_back(profile.addresses[number]);
  return {sample.side, sample.lock_id, sample.site, sample.waiter_site, std::string(sample.mode), std::move(addresses)};
}

int64_t less(int64_t after, int64_t before) { return std::max<int64_t>(after - before, 0); }

// What the longest new wait took at most: the upper end of the last bucket in which there is something new, unless some are not in the
// histogram because they go on; and no more than all together.
int64_t longest_at_most(const LockRecord &lock) {
  const int64_t limit = std::min(lock.max_wait_ns, lock.wait_ns);
  if (lock.in_progress > 0 || lock.histogram.empty()) return limit;
  return std::min(limit, int64_t{1} << std::clamp(lock.histogram.rbegin()->first + 1, 0, 62));
}

}  // namespace

ProfileChange change_between(const LockProfile &before, const LockProfile &after) {
  ProfileChange result{after, {}};
  if (before.pid != after.pid || before.duration_ns > after.duration_ns) return result;
  LockProfile &change = result.profile;
  change.duration_ns = less(after.duration_ns, before.duration_ns);
  for (auto &[what, count] : change.dropped) {
    const auto earlier = before.dropped.find(what);
    if (earlier != before.dropped.end()) count = less(count, earlier->second);
  }
  for (auto &[id, lock] : change.locks) {
    const auto found = before.locks.find(id);
    if (found == before.locks.end() || found->second.address != lock.address) continue;
    const LockRecord &earlier = found->second;
    lock.contentions = less(lock.contentions, earlier.contentions);
    lock.read_contentions = less(lock.read_contentions, earlier.read_contentions);
    lock.wait_ns = less(lock.wait_ns, earlier.wait_ns);
    lock.blamed_ns = less(lock.blamed_ns, earlier.blamed_ns);
    for (const auto &[bucket, count] : earlier.histogram) {
      const auto entry = lock.histogram.find(bucket);
      if (entry == lock.histogram.end()) continue;
      entry->second = less(entry->second, count);
      if (entry->second == 0) lock.histogram.erase(entry);
    }
    if (lock.max_wait_ns != earlier.max_wait_ns) continue;
    lock.max_wait_ns = longest_at_most(lock);
    const bool is_the_only_one = lock.contentions == 1 && lock.in_progress == 0 && earlier.in_progress == 0 && lock.max_wait_ns == lock.wait_ns;
    if (lock.max_wait_ns > 0 && !is_the_only_one) result.bounded_maxima.insert(id);
  }
  std::map<SampleKey, const LockSample *> earlier_samples;
  for (const LockSample &sample : before.samples) earlier_samples[key_of(before, sample)] = &sample;
  std::vector<LockSample> samples;
  for (LockSample &sample : change.samples) {
    const auto earlier = earlier_samples.find(key_of(after, sample));
    if (earlier != earlier_samples.end()) {
      sample.contentions = less(sample.contentions, earlier->second->contentions);
      sample.wait_ns = less(sample.wait_ns, earlier->second->wait_ns);
    }
    if (sample.contentions > 0 || sample.wait_ns > 0) samples.push_back(std::move(sample));
  }
  change.samples = std::move(samples);
  return result;
}

}  // namespace lockwrap::cli
