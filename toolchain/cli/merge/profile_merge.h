// Many profiles into one, one after the other: what is kept grows with the distinct locks and stacks, not with the number of files.
// What is the same, and what becomes of each number, is said in runtime/report/profile_format.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "profile/lock_profile.h"
#include "merge/merged_code.h"
#include "profile/profile.h"

namespace lockwrap::cli {

class ProfileMerge {
 public:
  // `by_name`: profiles of several builds are taken although they have no names; then they share only what the program named.
  explicit ProfileMerge(bool by_name);

  // `locks` was read from `source`. CommandError: of another build than those before, and without names to compare by; nothing is added.
  void add(const Profile &source, const LockProfile &locks, const std::string &path);

  // The profile as the file has it. At least one must have been added; afterwards there is nothing left.
  Profile finish();

  int64_t files() const { return files_; }

  // How many of the files had a timeline (profile/timeline.h), of which nothing is kept: its times are those of one process.
  int64_t timelines() const { return timelines_; }

 private:
  struct Build {
    std::string key;
    std::string first_path;
    bool is_named;
  };
  struct MergedSample {
    Side side;
    size_t lock;
    int64_t mode;  // a string
    uint64_t site, waiter_site;
    std::vector<uint64_t> locations;
    std::vector<Label> place_labels;  // of the first one: site_function and so on
    int64_t contentions = 0, wait_ns = 0;
  };

  void check_build(const Profile &source, const std::string &path);
  size_t lock_for(const LockRecord &lock, uint64_t first_site, bool is_named);
  void add_lock(LockRecord &sum, const LockRecord &lock);
  void add_sample(const LockSample &sample, const LockProfile &locks, const Sample &source, const Profile &profile, size_t lock);
  Sample sample_of(const MergedSample &merged);
  void write_comments();
  std::string comment_of(const LockRecord &lock) const;
  std::string comment_of(const HolderRecord &holder) const;
  int64_t text(const std::string &text) { return code_.strings().index_of(text); }

  bool by_name_;
  Profile result_;
  MergedCode code_;
  LockProfile sums_;                      // process and dropped
  std::vector<Build> builds_;
  std::vector<LockRecord> locks_;         // id: index + 1
  std::unordered_map<std::string, size_t> lock_indexes_;  // by each thing that makes a lock the same
  std::map<std::tuple<size_t, uint64_t, std::string>, HoldTimes> holders_;  // by lock, site and mode
  std::vector<MergedSample> samples_;
  std::unordered_map<std::string, size_t> sample_indexes_;
  int64_t files_ = 0;
  int64_t timelines_ = 0;
  bool has_several_programs_ = false;
};

}  // namespace lockwrap::cli
