// Source of the format: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
// Phases used: M (names), X (slices), s and f (arrows).
#include "export/perfetto_trace.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unordered_map>

#include "base/duration_text.h"
#include "base/error.h"
#include "names/function_name.h"
#include "names/lock_plumbing.h"
#include "profile/timeline.h"

namespace lockwrap::cli {
namespace {

using nlohmann::json;

constexpr size_t kStackLines = 24;  // of a slice; a trace with deeper ones is slow to load
// Readers of the format round times to their own units. Slices that touch are drawn this much apart, lest one seems to begin within the
// other; arrows are bound this much before a slice's end.
constexpr int64_t kGap_ns = 4;
constexpr int64_t kArrow_ns = 2;
// Slices of a track must lie within each other or apart. Holds may overlap otherwise (lock a, lock b, unlock a, unlock b): those get
// further tracks, whose numbers are those of no thread.
constexpr uint64_t kFurtherTrack = uint64_t{1} << 22;  // PID_MAX_LIMIT of Linux

struct Slice {
  uint64_t thread;
  int64_t begin_ns;
  int64_t end_ns;
  const TimelineWait *wait;  // one of the two
  const TimelineHold *hold;
  size_t track = 0;  // of the thread

  int64_t drawn_ns() const { return std::max<int64_t>(end_ns - begin_ns - kGap_ns, 1); }
};

class Trace {
 public:
  explicit Trace(NamedProfile &profile)
      : profile_(profile), timeline_(read_timeline(profile.profile(), profile.locks(), profile.path())) {}

  std::string text() {
    collect_slices();
    write_names();
    for (const Slice &slice : slices_) write(slice);
    write_arrows();
    text_ += "\n],\n\"displayTimeUnit\": \"ns\",\n\"otherData\": ";
    json other{{"program", profile_.locks().program}, {"pid", profile_.locks().pid}, {"overwritten_events", timeline_.overwritten}};
    text_ += dump(other) + "}\n";
    return std::move(text_);
  }

 private:
  static std::string dump(const json &value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

  void add(json event) {
    event["pid"] = profile_.locks().pid;
    text_ += text_.empty() ? "{\"traceEvents\": [\n" : ",\n";
    text_ += dump(event);
  }

  static double microseconds(int64_t ns) { return static_cast<double>(ns) / 1000; }

  std::string thread_name(uint64_t thread) const {
    const auto name = timeline_.thread_names.find(thread);
    return name == timeline_.thread_names.end() || name->second.empty() ? "thread " + std::to_string(thread) : name->second;
  }
  std::string thread_and_id(uint64_t thread) const { return thread_name(thread) + "/" + std::to_string(thread); }

  // Each in the first track of its thread where it lies within or beside all that are there.
  void collect_slices() {
    for (const TimelineWait &wait : timeline_.waits) slices_.push_back({wait.thread, wait.begin_ns, wait.end_ns, &wait, nullptr});
    for (const TimelineHold &hold : timeline_.holds) {
      if (hold.begin_ns < hold.end_ns) slices_.push_back({hold.thread, hold.begin_ns, hold.end_ns, nullptr, &hold});
    }
    std::stable_sort(slices_.begin(), slices_.end(), [](const Slice &left, const Slice &right) {
      return std::tie(left.thread, left.begin_ns, right.end_ns) < std::tie(right.thread, right.begin_ns, left.end_ns);
    });
    std::vector<std::vector<int64_t>> open;  // of each track: the ends of the slices around the present one
    for (size_t i = 0; i < slices_.size(); ++i) {
      Slice &slice = slices_[i];
      if (i == 0 || slices_[i - 1].thread != slice.thread) open.clear();
      for (;; ++slice.track) {
        if (slice.track == open.size()) open.emplace_back();
        std::vector<int64_t> &ends = open[slice.track];
        while (!ends.empty() && ends.back() <= slice.begin_ns) ends.pop_back();
        if (!ends.empty() && ends.back() < slice.end_ns) continue;
        ends.push_back(slice.end_ns);
        break;
      }
      size_t &tracks = tracks_[slice.thread];
      tracks = std::max(tracks, slice.track + 1);
      drawn_[slice.wait != nullptr ? static_cast<const void *>(slice.wait) : slice.hold] = i;
    }
  }

  void write_names() {
    const std::string &program = profile_.locks().program;
    add({{"ph", "M"}, {"name", "process_name"}, {"tid", 0}, {"args", {{"name", program.substr(program.rfind('/') + 1)}}}});
    if (timeline_.overwritten > 0) {
      const std::string label = std::to_string(timeline_.overwritten) + " older waits and holds are not here: timeline_kb was too small for them";
      add({{"ph", "M"}, {"name", "process_labels"}, {"tid", 0}, {"args", {{"labels", label}}}});
    }
    int64_t order = 0;
    for (const auto &[thread, tracks] : tracks_) {
      for (size_t track = 0; track < tracks; ++track) {
        const uint64_t id = thread + track * kFurtherTrack;
        const std::string name = thread_name(thread) + (track == 0 ? "" : " (overlapping holds)");
        add({{"ph", "M"}, {"name", "thread_name"}, {"tid", id}, {"args", {{"name", name}}}});
        add({{"ph", "M"}, {"name", "thread_sort_index"}, {"tid", id}, {"args", {{"sort_index", order++}}}});
      }
    }
  }

  std::string place(uint64_t lock_id, uint64_t site) {
    if (site == 0) return "not known";
    const Place place = profile_.places().of_address(lock_id, site);
    const std::string line = short_file_and_line(place);
    return short_function_name(place.function) + (line.empty() ? "" : " " + line);
  }

  // Innermost first, without what only carries the call.
  const json &stack_lines(const std::vector<uint64_t> &addresses) {
    const auto [known, is_new] = stack_lines_.try_emplace(&addresses, json::array());
    json &lines = known->second;
    if (!is_new) return lines;
    for (const uint64_t address : addresses) {
      for (const Frame &frame : profile_.frames().frames_at(address)) {
        if (lines.empty() && is_lock_plumbing(frame.function)) continue;
        if (lines.size() == kStackLines) return lines;
        const std::string line = short_file_and_line({frame.function, frame.file, frame.line});
        lines.push_back(short_function_name(frame.function) + (line.empty() ? "" : " " + line));
      }
    }
    return lines;
  }

  json arguments(const TimelineWait &wait) {
    const Place place_of_wait = profile_.places().of_stack(wait.site, *wait.stack);
    const std::string line = short_file_and_line(place_of_wait);
    const char *result = wait.outcome == WaitOutcome::kAcquired  ? "got the lock"
                         : wait.outcome == WaitOutcome::kGivenUp ? "gave up: time limit or deadlock"
                                                                 : "still waits";
    json arguments{{"waits in", short_function_name(place_of_wait.function) + (line.empty() ? "" : " " + line)},
                   {"result", result},
                   {"stack", stack_lines(*wait.stack)}};
    if (wait.holder != 0) {
      arguments["held at first by"] = thread_and_id(wait.holder);
      arguments["which locked it in"] = place(wait.lock_id, wait.holder_site);
    }
    return arguments;
  }

  json arguments(const TimelineHold &hold) {
    json arguments{{"locked in", place(hold.lock_id, hold.site)}};
    if (!hold.is_begin_known) arguments["began"] = "earlier: the lock was free, and is drawn from the first wait on";
    if (hold.goes_on) arguments["result"] = "not released yet";
    return arguments;
  }

  void write(const Slice &slice) {
    const uint64_t lock_id = slice.wait != nullptr ? slice.wait->lock_id : slice.hold->lock_id;
    const bool is_reader = slice.wait != nullptr ? slice.wait->is_reader : slice.hold->is_reader;
    const LockRecord &lock = profile_.locks().locks.at(lock_id);
    json arguments_of_slice = slice.wait != nullptr ? arguments(*slice.wait) : arguments(*slice.hold);
    arguments_of_slice["lock"] = profile_.lock_names().at(lock_id);
    arguments_of_slice["lock id"] = lock_id;
    arguments_of_slice["exact time"] = duration_text(slice.end_ns - slice.begin_ns);
    if (lock.kind == "rwlock" || is_reader) arguments_of_slice["mode"] = is_reader ? "read" : "write";
    add({{"ph", "X"},
         {"cat", slice.wait != nullptr ? "wait" : "hold"},
         {"name", (slice.wait != nullptr ? "waits for " : "holds ") + profile_.lock_names().at(lock_id)},
         {"tid", slice.thread + slice.track * kFurtherTrack},
         {"ts", microseconds(slice.begin_ns)},
         {"dur", microseconds(slice.drawn_ns())},
         {"args", std::move(arguments_of_slice)}});
  }

  // Where an arrow is bound: within the slice, just before its end.
  static int64_t bound_ns(const Slice &slice) { return slice.begin_ns + std::max<int64_t>(slice.drawn_ns() - kArrow_ns, 0); }

  void write_arrows() {
    uint64_t id = 0;
    for (const Handover &handover : handovers_of(timeline_)) {
      const auto from = drawn_.find(handover.hold), to = drawn_.find(handover.wait);
      if (from == drawn_.end() || to == drawn_.end()) continue;
      ++id;
      for (const bool is_start : {true, false}) {
        const Slice &slice = slices_[is_start ? from->second : to->second];
        json end{{"ph", is_start ? "s" : "f"},
                 {"cat", "handover"},
                 {"name", "lets go on"},
                 {"id", id},
                 {"tid", slice.thread + slice.track * kFurtherTrack},
                 {"ts", microseconds(bound_ns(slice))}};
        if (!is_start) end["bp"] = "e";  // to the slice around it, not to the next one
        add(std::move(end));
      }
    }
  }

  NamedProfile &profile_;
  Timeline timeline_;
  std::vector<Slice> slices_;                         // by thread and beginning
  std::map<uint64_t, size_t> tracks_;                 // how many each thread has
  std::unordered_map<const void *, size_t> drawn_;    // the slice of each wait and hold
  std::unordered_map<const void *, json> stack_lines_;
  std::string text_;
};

}  // namespace

std::string export_perfetto(NamedProfile &profile) {
  if (profile.locks().files > 1) throw file_error(profile.path(), "is a merged profile, which has no timeline; export one of the profiles that it was made of");
  return Trace(profile).text();
}

}  // namespace lockwrap::cli
