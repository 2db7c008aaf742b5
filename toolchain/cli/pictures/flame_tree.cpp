// Callers are one frame a function, whatever line they call from; where is waited, or was locked, is a frame a line.
#include "pictures/flame_tree.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

#include "names/lock_names.h"
#include "names/lock_places.h"
#include "names/thread_start.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kMostFrames = 256;  // of a stack; no picture has room for more
constexpr size_t kRecursion = 3;     // so many calls of a function by itself become two frames

bool is_same_function(const StackFrame &left, const StackFrame &right) { return left.function == right.function && left.file == right.file; }

bool is_last(FlameKind kind) { return kind == FlameKind::kNobody || kind == FlameKind::kOther; }

// A node and the whole path of its file, which tells equal ones apart.
struct Ordered {
  FlameNode node;
  const std::string *file;
  bool operator<(const Ordered &other) const {
    const FlameNode &left = node, &right = other.node;
    if (is_last(left.kind) != is_last(right.kind)) return is_last(right.kind);
    if (left.wait_ns != right.wait_ns) return left.wait_ns > right.wait_ns;
    return std::tie(left.name, left.place, left.lock_kind, left.kind, *file) < std::tie(right.name, right.place, right.lock_kind, right.kind, *other.file);
  }
};

}  // namespace

std::string ShownFrame::function() const {
  std::string name = frame->function;
  constexpr std::string_view kTag = "[abi:cxx11]";  // says nothing to a reader
  for (size_t at = 0; (at = name.find(kTag, at)) != std::string::npos;) name.erase(at, kTag.size());
  return is_recursing ? name + " recursing" : name;
}

ShownStack shown_stack(const std::vector<StackFrame> &frames) {
  size_t end = frames.size();
  while (end > 1 && is_thread_start(frames[end - 1].function)) --end;
  ShownStack shown;
  for (size_t index = 0; index < end;) {
    size_t run = 1;
    while (index + run < end && is_same_function(frames[index], frames[index + run])) ++run;
    const size_t kept = run < kRecursion ? run : 2;
    for (size_t repeated = 0; repeated < kept; ++repeated) {
      if (shown.frames.size() == kMostFrames) {
        shown.is_cut = true;
        return shown;
      }
      shown.frames.push_back({&frames[index + repeated], kept < run && repeated == 1});
    }
    index += run;
  }
  return shown;
}

std::string mode_suffix(const std::string &mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

// A tree of all stacks would have tens of millions of nodes in a large profile, of which a picture shows a few thousand. So stacks are kept as
// lists of numbers, equal ones once; and the tree is made of them at the end, from the root on, as far as it is heavy enough.
struct FlameBuilder::Paths {
 public:
  explicit Paths(bool is_comparison) : is_comparison_(is_comparison), known_paths_(16, PathHash{this}, PathEqual{this}) {}
  Paths(const Paths &) = delete;
  Paths &operator=(const Paths &) = delete;

  // The next path, from the root on.
  void begin() { path_.clear(); }
  void add_lock(const LockStack &stack) {
    const uint32_t name = number_of(is_comparison_ ? lock_identity(stack.lock) : stack.lock);
    path_.push_back(step_of({{FlameKind::kLock, name, number_of(stack.kind), 0}, 0, stack.lock_id}));
  }
  void add_nobody() { path_.push_back(step_of({{FlameKind::kNobody, number_of("no holder seen"), number_of(""), 0}, 0, 0})); }
  void add_outermost_first(FlameKind kind, const ShownStack &stack, const std::string &mode) {
    if (stack.is_cut) add_callers_further_out();
    for (size_t index = stack.frames.size(); index-- > 0;) add_frame(kind, stack, index, mode);
  }
  void add_innermost_first(FlameKind kind, const ShownStack &stack, const std::string &mode) {
    for (size_t index = 0; index < stack.frames.size(); ++index) add_frame(kind, stack, index, mode);
    if (stack.is_cut) add_callers_further_out();
  }

  // Of the present path, which begins with a lock and where was waited for it: a number for these two.
  uint32_t place() {
    const auto [entry, is_new] = places_.try_emplace({steps_[path_[0]].key, steps_[path_[1]].key}, static_cast<uint32_t>(places_.size() + 1));
    return entry->second;
  }

  // Adds the present path to the tree, or to the holders of a place.
  void count(int64_t wait_ns, Weight weight, uint32_t place = 0) {
    if (path_.empty()) return;
    const auto [entry, is_new] = known_weights_.try_emplace(uint64_t{place} << 32 | keep_path(), static_cast<uint32_t>(weights_.size()));
    if (is_new) weights_.push_back({place, static_cast<uint32_t>(entry->first), 0, 0});
    int64_t &sum = weight == Weight::kShown ? weights_[entry->second].shown_ns : weights_[entry->second].other_ns;
    sum = add_saturated(sum, wait_ns);
  }

  FlameNode tree(bool has_holders, double least_share) {
    known_weights_ = {};
    has_holders_ = has_holders;
    std::sort(weights_.begin(), weights_.end(), [](const PathWeight &left, const PathWeight &right) { return left.place < right.place; });
    FlameNode root;
    root.name = "all";
    const std::span<PathWeight> all = paths_of_place(0);
    for (const PathWeight &path : all) {
      root.wait_ns = add_saturated(root.wait_ns, path.shown_ns);
      root.other_ns = add_saturated(root.other_ns, path.other_ns);
    }
    least_ns_ = static_cast<int64_t>(static_cast<double>(root.wait_ns) * least_share);
    grow(all, 0, root.children);
    return root;
  }

 private:
  struct Key {
    FlameKind kind;
    uint32_t name;  // whole, with the mode
    uint32_t file;  // of a lock: its kind
    uint32_t line;  // 0 for callers
    auto operator<=>(const Key &) const = default;
  };
  struct Step {
    Key key;
    uint32_t line;
    uint64_t lock_id;  // of a lock
    auto operator<=>(const Step &) const = default;
  };
  struct KnownStep {
    uint32_t key;  // a number for it, too
    uint32_t line;
  };
  struct PathWeight {
    uint32_t place, path;
    int64_t shown_ns, other_ns;
  };
  // All that makes a frame another one.
  struct FrameText {
    std::string function, file;
    int64_t line;
    int form;
  };
  struct FrameView {
    std::string_view function, file;
    int64_t line;
    int form;
    FrameView(const FrameText &text) : function(text.function), file(text.file), line(text.line), form(text.form) {}
    FrameView(const StackFrame &frame, int form_of_frame) : function(frame.function), file(frame.file), line(frame.line), form(form_of_frame) {}
    bool operator==(const FrameView &) const = default;
  };
  struct FrameHash {
    using is_transparent = void;
    size_t operator()(const FrameView &frame) const {
      const std::hash<std::string_view> hash;
      return (hash(frame.function) * 31 + hash(frame.file)) * 31 + static_cast<size_t>(frame.line * 64 + frame.form);
    }
  };
  struct FrameEqual {
    using is_transparent = void;
    bool operator()(const FrameView &left, const FrameView &right) const { return left == right; }
  };
  struct PathHash {
    const Paths *paths;
    size_t operator()(uint32_t path) const {
      const std::span<const uint32_t> steps = paths->steps_of(path);
      return std::hash<std::string_view>()({reinterpret_cast<const char *>(steps.data()), steps.size_bytes()});
    }
  };
  struct PathEqual {
    const Paths *paths;
    bool operator()(uint32_t left, uint32_t right) const { return std::ranges::equal(paths->steps_of(left), paths->steps_of(right)); }
  };

  std::span<const uint32_t> steps_of(uint32_t path) const {
    return std::span(all_steps_).subspan(starts_[path], starts_[path + 1] - starts_[path]);
  }

  uint32_t number_of(const std::string &text) {
    const auto [entry, is_new] = numbers_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(&entry->first);
    return entry->second;
  }

  uint32_t step_of(const Step &step) {
    const auto [entry, is_new] = known_steps_.try_emplace(step, static_cast<uint32_t>(steps_.size()));
    if (!is_new) return entry->second;
    const auto [key, is_new_key] = known_keys_.try_emplace(step.key, static_cast<uint32_t>(keys_.size()));
    if (is_new_key) keys_.push_back(step.key);
    steps_.push_back({key->second, step.line});
    return entry->second;
  }

  void add_callers_further_out() {
    path_.push_back(step_of({{FlameKind::kOther, number_of("... callers further out"), number_of(""), 0}, 0, 0}));
  }

  void add_frame(FlameKind kind, const ShownStack &stack, size_t index, const std::string &mode) {
    const StackFrame &frame = *stack.frames[index].frame;
    const bool is_place = index == 0;
    const int mode_form = !is_place ? 0 : mode == "read" ? 2 : mode == "write" ? 3 : 1;
    const int form = (kind == FlameKind::kHolder ? 8 : 0) + (stack.frames[index].is_recursing ? 4 : 0) + mode_form;
    const auto known = known_frames_.find(FrameView(frame, form));
    if (known != known_frames_.end()) {
      path_.push_back(known->second);
      return;
    }
    const std::string function = stack.frames[index].function();
    const auto line = static_cast<uint32_t>(std::clamp<int64_t>(frame.line, 0, std::numeric_limits<uint32_t>::max()));
    const uint32_t file = number_of(is_comparison_ ? frame.file.substr(frame.file.rfind('/') + 1) : frame.file);
    const Key key{kind, number_of(is_place ? function + mode_suffix(mode) : function), file, is_place && !is_comparison_ ? line : 0};
    path_.push_back(step_of({key, line, 0}));
    known_frames_.emplace(FrameText{frame.function, frame.file, frame.line, form}, path_.back());
  }

  uint32_t keep_path() {
    const auto path = static_cast<uint32_t>(starts_.size() - 1);
    all_steps_.insert(all_steps_.end(), path_.begin(), path_.end());
    starts_.push_back(all_steps_.size());
    const auto [known, is_new] = known_paths_.insert(path);
    if (is_new) return path;
    starts_.pop_back();
    all_steps_.resize(starts_.back());
    return *known;
  }

  std::span<PathWeight> paths_of_place(uint32_t place) {
    const auto found = std::ranges::equal_range(weights_, place, {}, &PathWeight::place);
    return {found.begin(), found.end()};
  }

  // What stands at `depth` of these paths, which are the same up to there, and what hangs on it. Changes their order.
  void grow(std::span<PathWeight> paths, size_t depth, std::vector<FlameNode> &nodes) {
    const auto ended = std::partition(paths.begin(), paths.end(), [&](const PathWeight &path) { return steps_of(path.path).size() > depth; });
    paths = paths.first(static_cast<size_t>(ended - paths.begin()));
    const auto step_at = [&](const PathWeight &path) { return steps_of(path.path)[depth]; };
    const auto key_at = [&](const PathWeight &path) { return steps_[step_at(path)].key; };
    if (std::ranges::adjacent_find(paths, std::ranges::not_equal_to(), key_at) != paths.end()) {
      std::ranges::sort(paths, [&](const PathWeight &left, const PathWeight &right) { return key_at(left) < key_at(right); });
    }
    std::vector<Ordered> ordered;
    for (size_t start = 0, end = 0; start < paths.size(); start = end) {
      while (end < paths.size() && key_at(paths[end]) == key_at(paths[start])) ++end;
      const Key &key = keys_[key_at(paths[start])];
      ordered.push_back({node_of(key, paths.subspan(start, end - start), depth), texts_[key.file]});
    }
    std::sort(ordered.begin(), ordered.end());
    for (Ordered &each : ordered) nodes.push_back(std::move(each.node));
  }

  FlameNode node_of(const Key &key, std::span<PathWeight> paths, size_t depth) {
    FlameNode node;
    node.kind = key.kind;
    node.name = *texts_[key.name];
    for (const PathWeight &path : paths) {
      node.wait_ns = add_saturated(node.wait_ns, path.shown_ns);
      node.other_ns = add_saturated(node.other_ns, path.other_ns);
    }
    // Which call it was says the shown profile, unless it has none.
    std::set<uint32_t> calls, lines;
    for (const PathWeight &path : paths) {
      if (node.wait_ns > 0 && path.shown_ns == 0) continue;
      const uint32_t step = steps_of(path.path)[depth];
      if (key.kind == FlameKind::kLock) calls.insert(step);
      else if (lines.size() < 2) lines.insert(steps_[step].line);
    }
    if (key.kind == FlameKind::kLock) {
      node.lock_kind = *texts_[key.file];
      if (node.wait_ns > 0) node.stands_for = calls.size();
    } else {
      node.place = short_file_and_line({node.name, *texts_[key.file], lines.size() == 1 ? *lines.begin() : 0});
    }
    if (node.wait_ns < least_ns_) return node;
    if (has_holders_ && depth == 1 && key.kind == FlameKind::kWaiter) {
      const std::span<const uint32_t> steps = steps_of(paths.front().path);
      grow(paths_of_place(places_.at({steps_[steps[0]].key, steps_[steps[1]].key})), 0, node.holders);
    }
    grow(paths, depth + 1, node.children);
    return node;
  }

  bool is_comparison_;
  bool has_holders_ = false;
  int64_t least_ns_ = 0;
  std::unordered_map<std::string, uint32_t> numbers_;  // of names and files
  std::vector<const std::string *> texts_;             // by number
  std::map<Key, uint32_t> known_keys_;
  std::vector<Key> keys_;
  std::map<Step, uint32_t> known_steps_;
  std::vector<KnownStep> steps_;
  std::unordered_map<FrameText, uint32_t, FrameHash, FrameEqual> known_frames_;
  std::vector<uint32_t> path_;       // the present one, steps by number
  std::vector<uint32_t> all_steps_;  // of all paths, one after the other
  std::vector<size_t> starts_{0};    // of each path, and the end of the last
  std::unordered_set<uint32_t, PathHash, PathEqual> known_paths_;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> places_;  // by lock and frame
  std::vector<PathWeight> weights_;
  std::unordered_map<uint64_t, uint32_t> known_weights_;  // by place and path
};

FlameBuilder::FlameBuilder(FlameSide side, std::optional<FlameComparison> comparison)
    : side_(side), comparison_(comparison), paths_(std::make_unique<Paths>(comparison.has_value())) {}
FlameBuilder::~FlameBuilder() = default;

void FlameBuilder::add(const LockStack &stack, Weight weight) {
  if (stack.wait_ns <= 0 || stack.frames.empty()) return;
  const FlameKind kind = side_ == FlameSide::kHolder ? FlameKind::kHolder : FlameKind::kWaiter;
  paths_->begin();
  paths_->add_outermost_first(kind, shown_stack(stack.frames), stack.mode);
  paths_->add_lock(stack);
  paths_->count(stack.wait_ns, weight);
}

void FlameBuilder::add_waiter(const LockStack &waiter, Weight weight) {
  if (is_place_complete_) place_.clear();
  is_place_complete_ = false;
  if (waiter.wait_ns <= 0 || waiter.frames.empty()) return;
  paths_->begin();
  paths_->add_lock(waiter);
  paths_->add_innermost_first(FlameKind::kWaiter, shown_stack(waiter.frames), waiter.mode);
  const uint32_t place = paths_->place();
  paths_->count(waiter.wait_ns, weight);
  auto known = std::find_if(place_.begin(), place_.end(), [&](const auto &entry) { return entry.first == place; });
  if (known == place_.end()) known = place_.insert(place_.end(), {place, 0});
  known->second = add_saturated(known->second, waiter.wait_ns);
}

void FlameBuilder::add_holder(const LockStack *holder, int64_t wait_ns, Weight weight) {
  is_place_complete_ = true;
  paths_->begin();
  if (holder == nullptr) paths_->add_nobody();
  else paths_->add_innermost_first(FlameKind::kHolder, shown_stack(holder->frames), holder->mode);
  int64_t left_ns = 0;  // waited in places that have got no share yet
  for (const auto &[place, place_ns] : place_) left_ns = add_saturated(left_ns, place_ns);
  for (const auto &[place, place_ns] : place_) {
    const long double share = left_ns > 0 ? static_cast<long double>(place_ns) / static_cast<long double>(left_ns) : 0;
    const int64_t part_ns = std::min(wait_ns, static_cast<int64_t>(static_cast<long double>(wait_ns) * share));
    left_ns -= place_ns;
    wait_ns -= part_ns;
    if (part_ns > 0) paths_->count(part_ns, weight, place);
  }
}

FlameGraph FlameBuilder::finish(double least_share) { return {side_, comparison_, paths_->tree(side_ == FlameSide::kBoth, least_share)}; }

}  // namespace lockwrap::cli
