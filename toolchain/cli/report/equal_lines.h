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

struct StackLine {
  uint32_t stack = 0;
  uint32_t holder = 0;  // of a line that has two stacks
  int64_t wait_ns = 0;
  int64_t contentions = 0;
};

class EqualLines {
 public:
  using Words = std::vector<uint32_t>;
  // Puts the words of a line into an empty list, always the same for the same line.
  using Spell = std::function<void(const StackLine &line, Words &words)>;

  explicit EqualLines(Spell spell) : spell_(std::move(spell)) {}

  void add(const StackLine &line) {
    spell(line, present_);
    size_t hash = std::hash<std::string_view>()({reinterpret_cast<const char *>(present_.data()), present_.size() * sizeof(uint32_t)});
    for (;; ++hash) {  // a line that is another one in spite of its hash has the next
      const auto [entry, is_new] = known_.try_emplace(hash, static_cast<uint32_t>(lines_.size()));
      if (is_new) {
        lines_.push_back(line);
        return;
      }
      StackLine &known = lines_[entry->second];
      spell(known, other_);
      if (other_ != present_) continue;
      known.wait_ns = add_saturated(known.wait_ns, line.wait_ns);
      known.contentions = add_saturated(known.contentions, line.contentions);
      return;
    }
  }

  // The heaviest first; of equally heavy ones the first that was added. Once, at the end.
  std::vector<StackLine> take() {
    known_ = {};
    std::ranges::stable_sort(lines_, std::ranges::greater(), &StackLine::wait_ns);
    return std::move(lines_);
  }

  void spell(const StackLine &line, Words &words) const {
    words.clear();
    spell_(line, words);
  }

 private:
  Spell spell_;
  std::vector<StackLine> lines_;
  std::unordered_map<size_t, uint32_t> known_;  // by a hash of the words
  Words present_, other_;
};

}  // namespace lockwrap::cli
