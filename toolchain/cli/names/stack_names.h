// Stacks with names instead of addresses. A large profile has hundreds of thousands of them, each of a hundred frames with the inlined ones, but of
// few different frames: each of these is kept once, and a stack is put together of them when somebody wants it.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "names/frame_source.h"
#include "profile/lock_profile.h"

namespace lockwrap::cli {

struct StackFrame {
  const std::string &function;  // short, as a report shows it
  const std::string &file;      // full path; "" without debug information
  int64_t line = 0;
  uint32_t number = 0;          // of the frame, counted from 0
  uint32_t function_number = 0; // the same for all frames that differ in the line only
  bool is_thread_start = false; // as thread_start.h says
};
using FrameList = std::vector<const StackFrame *>;

// What is given back stays as long as the pool; the same frame is the same object.
class FramePool {
 public:
  FramePool() = default;
  FramePool(const FramePool &) = delete;
  FramePool &operator=(const FramePool &) = delete;

  const StackFrame *keep(const std::string &short_function, const std::string &file, int64_t line);
  size_t size() const { return frames_.size(); }

 private:
  struct LineOfFunction {
    uint32_t function_number;
    int64_t line;
    bool operator==(const LineOfFunction &) const = default;
  };
  struct Hash {
    size_t operator()(const LineOfFunction &key) const { return (key.function_number * 0x9e3779b97f4a7c15) ^ static_cast<size_t>(key.line); }
  };
  const std::string &keep_text(const std::string &text) { return *texts_.insert(text).first; }

  std::unordered_set<std::string> texts_;
  std::unordered_map<std::string, uint32_t> function_numbers_;  // by function and file, which a line end parts
  std::unordered_map<LineOfFunction, const StackFrame *, Hash> known_;
  std::deque<StackFrame> frames_;
};

class StackSource {
 public:
  static constexpr size_t kAll = std::numeric_limits<size_t>::max();
  enum class From { kInnermost, kOutermost };

  virtual ~StackSource() = default;

  // The frames of a stack in `into`, which keeps its memory from one to the next: innermost first, at least one. Either all of them, or of a larger
  // stack at least `enough` from that end on. Gives back whether these are all.
  virtual bool read_stack(size_t number, FrameList &into, size_t enough = kAll, From from = From::kInnermost) = 0;

  // Not less than the stack has.
  virtual size_t most_frames(size_t number) = 0;
};

// The stacks of a profile's samples, by the number of the sample. The first frame is where the lock was waited for, or taken: without the functions
// that only carry the call (std::mutex::lock). Once all is named, several threads may read stacks at once.
class StackNames : public StackSource {
 public:
  // Both must outlive this.
  StackNames(const LockProfile &profile, FrameSource &frames) : profile_(profile), source_(frames) {}

  // Names every address of the profile, if that has not been done; reading does the same.
  void name_all();

  bool read_stack(size_t number, FrameList &into, size_t enough = kAll, From from = From::kInnermost) override;
  size_t most_frames(size_t number) override;

 private:
  struct OfAddress {
    uint32_t first, count;      // of its frames
    uint32_t plumbing;          // how many of them only carry the call
    uint32_t machine_function;  // a number for the one that the machine knows, without what was inlined into it
  };
  // Numbers of addresses, from the inner end on.
  struct Calls {
    uint32_t innermost;
    Stack others;
    size_t stripped;  // of the others, so many may have plumbing that is not shown: behind them it is the program's own
  };
  bool is_plumbing(uint32_t address) const { return of_address_[address].plumbing == of_address_[address].count; }
  Calls calls_of(const LockSample &sample) const;

  const LockProfile &profile_;
  FrameSource &source_;
  FramePool pool_;
  FrameList frames_;                   // of all addresses
  std::vector<OfAddress> of_address_;  // by number
};

}  // namespace lockwrap::cli
