// check_profile totals PROFILE: the samples of each lock and side add up to the exact counters of its comment line, the
// histogram and the waits in progress to its contentions; no sample is negative or without location.
// check_profile stacks PROFILE LOCK FUNCTION...: PROFILE is symbolized; each waiter stack of LOCK that has two frames or more
// has these functions, leaf side first, one behind the other. At least one stack must be there.
// It reads with the command's reader, but adds up by itself: the report is not asked.
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "profile/lock_profile.h"
#include "profile/lock_profile.h"

namespace {

using namespace lockwrap::cli;

int failures = 0;

void expect(bool holds, const LockRecord& lock, const char* what, int64_t left, int64_t right) {
  if (holds) return;
  std::printf("failed: lock %" PRIu64 " (%s): %s: %" PRId64 " and %" PRId64 "\n", lock.id, lock.label.c_str(), what, left, right);
  ++failures;
}

void check_totals(const LockProfile& profile) {
  struct Sums {
    int64_t waits = 0, wait_ns = 0, blamed_ns = 0;
  };
  std::map<uint64_t, Sums> sums;
  for (const LockSample& sample : profile.samples) {
    Sums& sum = sums[sample.lock_id];
    const LockRecord& lock = profile.locks.at(sample.lock_id);
    expect(sample.wait_ns >= 0 && sample.contentions >= 0, lock, "negative sample", sample.contentions, sample.wait_ns);
    expect(!sample.stack.empty(), lock, "a sample without a location", 0, 0);
    if (sample.side == Side::kWaiter) {
      sum.waits += sample.contentions;
      sum.wait_ns += sample.wait_ns;
    } else {
      sum.blamed_ns += sample.wait_ns;
    }
  }
  if (profile.locks.empty()) std::printf("failed: no lock in the profile\n"), ++failures;
  for (const auto& [id, lock] : profile.locks) {
    const Sums& sum = sums[id];
    int64_t in_histogram = 0;
    for (const auto& [bucket, waits] : lock.histogram) in_histogram += waits;
    expect(sum.waits == lock.contentions, lock, "waiter samples and contentions", sum.waits, lock.contentions);
    expect(sum.wait_ns == lock.wait_ns, lock, "waiter samples and wait_ns", sum.wait_ns, lock.wait_ns);
    expect(sum.blamed_ns == lock.blamed_ns, lock, "holder samples and blamed_ns", sum.blamed_ns, lock.blamed_ns);
    expect(in_histogram + lock.in_progress == lock.contentions, lock, "histogram and contentions",
           in_histogram + lock.in_progress, lock.contentions);
    expect(lock.max_wait_ns <= lock.wait_ns, lock, "max_wait_ns and wait_ns", lock.max_wait_ns, lock.wait_ns);
    expect(lock.blamed_ns <= lock.wait_ns + lock.wait_ns / 1000, lock, "blamed_ns and wait_ns", lock.blamed_ns, lock.wait_ns);
  }
}

std::vector<std::string> functions_of(const Profile& profile, const Sample& sample) {
  std::vector<std::string> names;
  for (const uint64_t id : sample.location_ids) {
    for (const Location& location : profile.locations) {
      if (location.id != id) continue;
      for (const Line& line : location.lines) {
        for (const Function& function : profile.functions) {
          if (function.id == line.function_id) names.push_back(profile.text(function.name));
        }
      }
    }
  }
  return names;
}

bool has_in_order(const std::vector<std::string>& names, char** functions, int count) {
  for (size_t first = 0; first + count <= names.size(); ++first) {
    int same = 0;
    while (same < count && names[first + same].find(functions[same]) != std::string::npos) ++same;
    if (same == count) return true;
  }
  return false;
}

void check_stacks(const Profile& profile, const std::string& lock, char** functions, int count) {
  int stacks = 0;
  for (size_t index = 0; index < profile.samples.size(); ++index) {
    const Sample sample = profile.samples[index];
    bool of_lock = false, of_waiter = false;
    for (const Label& label : sample.labels) {
      of_lock |= profile.text(label.key) == "lock" && profile.text(label.text) == lock;
      of_waiter |= profile.text(label.key) == "side" && profile.text(label.text) == "waiter";
    }
    if (!of_lock || !of_waiter || sample.location_ids.size() < 2) continue;
    ++stacks;
    const std::vector<std::string> names = functions_of(profile, sample);
    if (has_in_order(names, functions, count)) continue;
    std::printf("failed: a stack is not full:\n");
    for (const std::string& name : names) std::printf("  %s\n", name.c_str());
    ++failures;
  }
  std::printf("%d stacks\n", stacks);
  if (!stacks) std::printf("failed: no sampled stack of %s\n", lock.c_str()), ++failures;
}

}  // namespace

int main(int count, char** words) {
  try {
    if (count == 3 && !std::strcmp(words[1], "totals")) {
      check_totals(read_profile_and_locks(words[2], RawSamples::kForgotten).locks);
    } else if (count > 4 && !std::strcmp(words[1], "stacks")) {
      check_stacks(read_profile_and_locks(words[2], RawSamples::kKept).profile, words[3], words + 4, count - 4);
    } else {
      return std::fprintf(stderr, "usage: check_profile totals PROFILE | stacks PROFILE LOCK FUNCTION...\n"), 2;
    }
  } catch (const std::exception& error) {
    std::printf("failed: %s\n", error.what());
    return 1;
  }
  return failures ? 1 : 0;
}
