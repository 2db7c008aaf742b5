// What a lockwrap profile says: locks, waits and holds. The pprof encoding of it (labels, comments) is described in
// runtime/report/profile_format.md and known to lock_profile.cpp alone.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "profile/hold_times.h"
#include "profile/profile.h"
#include "profile/saturated.h"
#include "profile/stack_pool.h"

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

struct LockSample {
  Side side = Side::kWaiter;
  uint64_t lock_id = 0;
  uint64_t site = 0;
  uint64_t waiter_site = 0;
  std::string mode;  // "read" or "write", "" when the lock has no readers
  Stack addresses;
  int64_t contentions = 0;
  int64_t wait_ns = 0;
  std::string thread;  // its name; "" when not known
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
  std::vector<LockSample> samples;
  std::vector<HolderRecord> holders;
  std::shared_ptr<StackPool> stacks;       // what the samples' addresses are in
};

// CommandError (with `path`): a pprof profile that lockwrap did not write, or one of a newer format.
LockProfile read_locks(const Profile &profile, const std::string &path);

}  // namespace lockwrap::cli
