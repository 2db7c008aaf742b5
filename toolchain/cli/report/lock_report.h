// What `lockwrap report` says, before it is laid out as text or JSON.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "names/lock_places.h"
#include "profile/lock_profile.h"

namespace lockwrap::cli {

enum class SortBy { kWait, kCount, kMaximum };

struct ReportOptions {
  Side side = Side::kWaiter;  // kHolder: order by what the holders of a lock are blamed for
  SortBy by = SortBy::kWait;
  size_t top = 0;  // how many locks; 0: all
  std::set<uint64_t> bounded_maxima = {};  // see ProfileChange
};

struct PlaceTotal {
  Place place;
  std::string mode;  // "read", "write" or ""
  int64_t wait_ns = 0;
  int64_t contentions = 0;
  HoldTimes holds;  // of a holder; empty when they are not known for this place alone
};

struct PairTotal {
  Place waits_at;  // no function: several places
  Place blocked_by;
  int64_t wait_ns = 0;
  int64_t contentions = 0;
};

// One row: a lock, or all locks of the same kind and name.
struct LockRow {
  std::string name;
  std::string kind;
  size_t instances = 0;
  int64_t processes = 0;         // of a merged profile: how many it is of; 0: of one
  bool is_one_a_process = false; // of a merged profile: one variable, so that there is one such lock in each of `instances` processes
  int64_t contentions = 0;
  int64_t read_contentions = 0;  // of these, readers'
  int64_t wait_ns = 0;
  int64_t max_wait_ns = 0;
  bool is_max_a_bound = false;  // the longest wait took at most max_wait_ns
  int64_t blamed_ns = 0;        // what the holders are charged with
  int64_t holds = 0;            // that made somebody wait
  int64_t unattributed_ns = 0;  // waited while no holder was seen
  Histogram histogram;          // of the waits
  HoldTimes hold_times;         // of all holders
  std::vector<PlaceTotal> waits_in;  // the longest wait first, as the next two
  std::vector<PlaceTotal> held_by;
  std::vector<PairTotal> pairs;
};

struct LockReport {
  std::string program;
  int64_t pid = 0;
  int64_t duration_ns = 0;
  int64_t files = 1;  // merged into this profile
  std::vector<LockRow> rows;  // only locks that somebody waited for, in the order asked for
  size_t hidden_rows = 0;     // left out by `top`
  int64_t wait_ns = 0;        // of all locks, shown or not
  std::map<std::string, int64_t> dropped;
};

// `lock_names`: by lock id, see lock_names.h.
LockReport make_report(const LockProfile &profile, LockPlaces &places, const std::map<uint64_t, std::string> &lock_names,
                       const ReportOptions &options);

// "" for one lock, "37 locks", "37 locks in 4 processes", "in 4 processes" for one variable.
std::string instances_text(const LockRow &row);

// Leaves the first `top` rows, all if that is 0, and counts the others as hidden.
void hide_rows(LockReport &report, size_t top);

}  // namespace lockwrap::cli
