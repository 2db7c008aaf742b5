// The stacks of two profiles, compared. Functions count, not lines: those move from one version to the next.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "report/equal_lines.h"
#include "report/lock_stacks.h"

namespace lockwrap::cli {

// Waited time: ns in a watched second, or ns if the diff is one of sums.
struct Change {
  double before = 0;
  double after = 0;
  double amount() const { return after - before; }
};

// It is small, and its texts and frames are the profile's that it is of.
struct StackChange {
  LockStack stack;
  bool is_of_after = false;  // the profile
  Change wait;

  std::string lock() const;                               // as both profiles have it
  std::vector<std::string_view> functions() const;        // outermost first
  void add(const StackChange &equal) {
    wait.before += equal.wait.before;
    wait.after += equal.wait.after;
  }
};

// For sorting whatever changes: the largest change first.
constexpr auto larger_change = [](const auto &left, const auto &right) { return std::abs(left.wait.amount()) > std::abs(right.wait.amount()); };

// Of one side: no stack is on both.
class StackChanges {
 public:
  StackChanges() : lines_([this](const StackChange &line, Words &words) { spell(line, words); }) {}
  StackChanges(const StackChanges &) = delete;
  StackChanges &operator=(const StackChanges &) = delete;

  // `factor`: of each wait. The profile must outlive what is taken.
  void add(NamedProfile &profile, Side side, bool is_after, double factor);

  // Only what has changed, the largest change first. Once, at the end.
  std::vector<StackChange> take();

 private:
  uint32_t word_of(std::string_view text) { return numbers_.try_emplace(std::string(text), static_cast<uint32_t>(numbers_.size())).first->second; }
  void spell(const StackChange &line, Words &words);

  std::unordered_map<std::string, uint32_t> numbers_;     // of texts
  std::vector<uint32_t> functions_[2];                    // before and after, by number of the profile's function; 0: not known yet, else one more
  std::unordered_map<const char *, uint32_t> locks_;      // by where the profile has the name
  FrameList frames_;
  EqualLines<StackChange> lines_;
};

}  // namespace lockwrap::cli
