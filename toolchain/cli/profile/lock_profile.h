// What a lockwrap profile says: locks, waits and holds. The pprof encoding of it (labels, comments) is described in
// runtime/report/profile_format.md and known to lock_profile.cpp alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/list_pool.h"
#include "profile/hold_times.h"
#include "profile/profile.h"
#include "profile/saturated.h"

namespace lockwrap::cli {

constexpr int64_t kProfileFormatVersion = 1;

struct LockRecord {
  uint64_t id = 0;
  std::string kind;
  std::string label;         // the samples' `lock` label; "" when the lock has no sample
  std::string given_name;    // "" when the program gave none
  uint64_t address = 0;
  uint64_t created = 0;      // code addresses; 0 when not known
  uint64_t first_use = 0;
  int64_t contentions = 0;
  int64_t read_contentions = 0;  // of the contentions, those of readers
  int64_t wait_ns = 0;
  int64_t max_wait_ns = 0;
  int64_t blamed_ns = 0;
  int64_t in_progress = 0;  // of the contentions, those that the histogram does not have yet
  int64_t instances = 1;    // locks that this record stands for; more than one in a merged profile
  Histogram histogram;  // of the waits
};

// How long one call held a lock.
struct HolderRecord {
  uint64_t lock_id = 0;
  uint64_t site = 0;
  std::string mode;  // "read" or ""
  HoldTimes times;
};

enum class Side { kWaiter, kHolder };

using StackPool = ListPool<uint32_t>;
using Stack = StackPool::List;  // numbers of code addresses, leaf first

// Of all samples of the profile that differ in no more than the thread, together.
struct LockSample {
  Side side = Side::kWaiter;
  uint64_t lock_id = 0;
  uint64_t site = 0;
  uint64_t waiter_site = 0;
  std::string_view mode;  // "read" or "write", "" when the lock has no readers
  Stack stack;
  int64_t contentions = 0;
  int64_t wait_ns = 0;
  uint32_t first = 0;        // of the profile's samples, the first one of these
  uint32_t site_number = 0;  // of the site's address
};

struct ThreadSum {
  int64_t wait_ns = 0;
  int64_t blamed_ns = 0;
};

struct LockProfile {
  std::string program;
  int64_t pid = 0;
  int64_t duration_ns = 0;
  int64_t sample_ns = 0;
  int64_t files = 1;          // more than one in a merged profile, whose durations add up
  uint64_t image_start = 0;   // the loaded program, its variables included; both 0 when not known
  uint64_t image_end = 0;
  std::map<std::string, int64_t> dropped;  // by what was dropped
  std::map<uint64_t, LockRecord> locks;    // by id; every lock that a sample names is here
  std::vector<LockSample> samples;         // in the order of the file
  std::vector<uint64_t> addresses;         // of code, by number, each once: of all locations, and the samples' sites
  std::vector<uint32_t> sample_of;         // for each of the profile's samples the one that it is part of
  std::map<std::string, ThreadSum> threads;  // by name; "" when it is not known
  std::vector<HolderRecord> holders;
  std::shared_ptr<StackPool> stacks;       // what the samples' stacks are in
  std::shared_ptr<std::set<std::string>> texts;  // and their modes
};

struct ProfileAndLocks {
  Profile profile;
  LockProfile locks;
};

// The profile's own samples, of which `locks` is made, are only kept for whoever writes them: they are most of a large file.
enum class RawSamples { kForgotten, kKept };

// Both in one go. CommandError (with `path`): as profile_reader.h says; a pprof profile that lockwrap did not write, or one of a newer format.
ProfileAndLocks read_profile_and_locks(const std::string &path, RawSamples raw);
ProfileAndLocks parse_profile_and_locks(std::string bytes, const std::string &path);  // keeps the samples

}  // namespace lockwrap::cli
