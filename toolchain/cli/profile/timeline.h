// The timeline of a profile (option timeline_kb of the runtime): single waits and holds with their times. The encoding is described in
// runtime/report/profile_format.md and known to timeline.cpp alone; pprof readers pass over it, and `symbolize` keeps it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "profile/lock_profile.h"
#include "profile/profile.h"

namespace lockwrap::cli {

enum class WaitOutcome { kGoesOn, kAcquired, kGivenUp };

struct TimelineWait {
  uint64_t thread = 0;  // kernel thread id
  uint64_t lock_id = 0;
  int64_t begin_ns = 0;  // since the profile began
  int64_t end_ns = 0;    // of one that goes on: when the profile was written
  WaitOutcome outcome = WaitOutcome::kGoesOn;
  bool is_reader = false;
  uint64_t site = 0;
  const std::vector<uint64_t> *stack = nullptr;  // leaf first, never null
  uint64_t holder = 0;                           // thread that had the lock when the wait began; 0: not known
  uint64_t holder_site = 0;                      // where it took it; 0: not known
};

// A hold that made others wait.
struct TimelineHold {
  uint64_t thread = 0;
  uint64_t lock_id = 0;
  int64_t begin_ns = 0;
  int64_t end_ns = 0;  // of one that goes on: when the profile was written
  bool is_begin_known = false;
  bool goes_on = false;
  bool is_reader = false;
  uint64_t site = 0;  // where it was taken; 0: not known
};

struct Timeline {
  std::vector<TimelineWait> waits;  // in the order of their beginnings
  std::vector<TimelineHold> holds;
  std::map<uint64_t, std::vector<uint64_t>> stacks;
  std::map<uint64_t, std::string> thread_names;
  int64_t written_ns = 0;   // when the profile was written, since it began
  int64_t overwritten = 0;  // older events that found no room
};

// A wait that ended because a hold did.
struct Handover {
  const TimelineHold *hold;
  const TimelineWait *wait;
};
// For each wait that got its lock the newest release of it, by another thread and during the wait; none where that is not in the file.
std::vector<Handover> handovers_of(const Timeline &timeline);

// CommandError (with `path`): the profile has no timeline, or a damaged one.
Timeline read_timeline(const Profile &profile, const LockProfile &locks, const std::string &path);

}  // namespace lockwrap::cli
