// The stacks that a flame graph is made of, as paths of numbered steps from its root on. A large profile has hundreds of thousands, and a tree of all
// of them would have tens of millions of nodes, of which a picture shows a few thousand: so a path is no more than where its stack is found, and its
// steps are made when the tree grows so far.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pictures/flame_tree.h"
#include "report/shown_stack.h"

namespace lockwrap::cli {

struct FlamePath {
  int64_t shown_ns = 0, other_ns = 0;  // how much was waited; in a comparison only one of them
  const uint32_t *window = nullptr;    // for whoever reads steps
  StackSource *source = nullptr;       // null: no holder was seen
  uint32_t number = 0;                 // in the source
  uint32_t place = 0;                  // 0: a path of the tree itself; else one of the holders of this place
  uint32_t lock = 0;                   // the step
  FlameKind kind = FlameKind::kWaiter;
  uint8_t mode = 0;                    // as mode_number has it
  bool is_other = false;
};

class FlamePaths {
 public:
  // What makes a frame another one. Keys are numbered, too.
  struct Key {
    FlameKind kind;
    uint32_t name;  // whole, with the mode
    uint32_t file;  // of a lock: its kind
    uint32_t line;  // 0 for callers
    auto operator<=>(const Key &) const = default;
  };
  struct Step {
    uint32_t key;
    uint32_t line;
  };

  FlamePaths(FlameSide side, bool is_comparison) : side_(side), is_comparison_(is_comparison) {}
  FlamePaths(const FlamePaths &) = delete;
  FlamePaths &operator=(const FlamePaths &) = delete;

  // Of the tree; gives back a number for the lock and where was waited for it, if the graph has both sides.
  uint32_t add(const LockStack &stack, bool is_other);
  // Null: nobody was seen.
  void add_holder(const LockStack *holder, uint32_t place, int64_t wait_ns, bool is_other);

  // Sorted by place. Once, at the end.
  std::vector<FlamePath> take();

  // The steps of a path from the root on, `count` of them from `first` on; kEnd behind the last.
  static constexpr uint32_t kEnd = UINT32_MAX;
  void read_steps(const FlamePath &path, size_t first, size_t count, uint32_t *into);

  const Step &step(uint32_t number) const { return steps_[number]; }
  const Key &key(uint32_t number) const { return keys_[number]; }
  const std::string &text(uint32_t number) const { return *texts_[number]; }
  uint32_t place_of(uint32_t lock_step, uint32_t frame_step) const { return places_.at({steps_[lock_step].key, steps_[frame_step].key}); }

 private:
  struct WholeStep {
    Key key;
    uint32_t line;
    uint64_t lock_id;  // of a lock
    auto operator<=>(const WholeStep &) const = default;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  uint32_t number_of(std::string_view text);
  uint32_t step_of(const WholeStep &step);
  uint32_t step_of_lock(const LockStack &stack);
  uint32_t step_of_word(FlameKind kind, const char *word) { return step_of({{kind, number_of(word), number_of(""), 0}, 0, 0}); }
  uint32_t step_of_frame(const FlamePath &path, const ShownFrame &frame, bool is_place);
  void make_steps(const FlamePath &path, size_t wanted);

  FlameSide side_;
  bool is_comparison_;
  std::vector<FlamePath> paths_;
  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> numbers_;  // of names and files
  std::vector<const std::string *> texts_;                                   // by number
  std::map<Key, uint32_t> known_keys_;
  std::vector<Key> keys_;
  std::map<WholeStep, uint32_t> known_steps_;
  std::vector<Step> steps_;
  std::vector<uint32_t> steps_of_frames_[2];  // of the shown profile and the other: by the frame's number and its form
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> places_;  // by the keys of lock and frame
  FrameList frames_;       // of the present path
  ShownStack shown_;
  std::vector<uint32_t> present_;
};

}  // namespace lockwrap::cli
