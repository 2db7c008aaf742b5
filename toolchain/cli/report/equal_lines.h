// Stacks that are to be lines of text, equal lines as one. The text of a large profile is several gigabytes: so a line is no more than where its stack
// is found, and it is spelt, in words by number, whenever it is compared or written.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "profile/saturated.h"

namespace lockwrap::cli {

// Words by number, of a line that is spelt.
using Words = std::vector<uint32_t>;

struct StackLine {
  uint32_t stack = 0;
  uint32_t holder = 0;  // of a line that has two stacks
  int64_t wait_ns = 0;
  int64_t contentions = 0;

  void add(const StackLine &equal) {
    wait_ns = add_saturated(wait_ns, equal.wait_ns);
    contentions = add_saturated(contentions, equal.contentions);
  }
};

// Of equally heavy ones the first that was added.
inline void heaviest_first(std::vector<StackLine> &lines) { std::ranges::stable_sort(lines, std::ranges::greater(), &StackLine::wait_ns); }

template <typename Line>
class EqualLines {
 public:
  // Puts the words of a line into an empty list, always the same for the same line.
  using Spell = std::function<void(const Line &line, Words &words)>;

  explicit EqualLines(Spell spell) : spell_(std::move(spell)) {}

  void add(const Line &line) {
    spell(line, present_);
    size_t hash = std::hash<std::string_view>()({reinterpret_cast<const char *>(present_.data()), present_.size() * sizeof(uint32_t)});
    for (;; ++hash) {  // a line that is another one in spite of its hash has the next
      const auto [entry, is_new] = known_.try_emplace(hash, static_cast<uint32_t>(lines_.size()));
      if (is_new) {
        lines_.push_back(line);
        return;
      }
      Line &known = lines_[entry->second];
      spell(known, other_);
      if (other_ != present_) continue;
      known.add(line);
      return;
    }
  }

  // In the order in which they were added first. Once, at the end.
  std::vector<Line> take() {
    known_ = {};
    return std::move(lines_);
  }

  void spell(const Line &line, Words &words) const {
    words.clear();
    spell_(line, words);
  }

 private:
  Spell spell_;
  std::vector<Line> lines_;
  std::unordered_map<size_t, uint32_t> known_;  // by a hash of the words
  Words present_, other_;
};

}  // namespace lockwrap::cli
