// What changed between two profiles, before it is laid out as text or JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/lock_report.h"
#include "base/output_file.h"
#include "report/stack_change.h"

namespace lockwrap::cli {

// Lines move from one version to the next, so a place is a function in a file here.
struct PlaceChange {
  Side side = Side::kWaiter;
  std::string function;  // short
  std::string file;      // without folders
  std::string mode;
  Change wait;
};

struct LockChange {
  std::string name;  // as the second profile has it, if it does
  std::string kind;
  bool is_new = false;   // nobody waited for it in the first profile
  bool is_gone = false;  // nobody waits for it in the second one
  Change wait;
  Change contentions;  // in a watched second, or all
  int64_t max_before_ns = 0;
  int64_t max_after_ns = 0;
  std::vector<PlaceChange> places;  // only changed ones, the largest change first
};

struct ProfileDiff {
  std::string before_path, after_path;
  std::string before_program, after_program;
  int64_t before_duration_ns = 0, after_duration_ns = 0;
  bool is_per_second = true;  // else sums
  bool is_equal = false;      // every lock, place and stack has the same in both
  Change wait;
  Change contentions;
  std::vector<LockChange> locks;  // the largest change first, unchanged ones at the end
  std::vector<StackChange> stacks;  // only changed ones, the largest change first
};

// Waits are compared by the watched second, unless sums are asked for or a profile does not say how long it was watched.
bool is_per_second(int64_t before_duration_ns, int64_t after_duration_ns, bool is_absolute);

// Of all locks of two reports that hide no row. Both profiles must outlive what is given back.
ProfileDiff make_diff(NamedProfile &before, const LockReport &before_report, NamedProfile &after, const LockReport &after_report, bool is_absolute);

// `top`: how many locks and stacks, 0 for all.
std::string diff_as_text(const ProfileDiff &diff, size_t top);
void diff_as_json(const ProfileDiff &diff, const OutputSink &out);  // the stacks of a large one are hundreds of megabytes

}  // namespace lockwrap::cli
