// Functions are shared between locations and found again when a profile is symbolized a second time.
#include "names/symbolize_profile.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "base/long_work.h"
#include "names/function_name.h"
#include "names/profile_binary.h"

namespace lockwrap::cli {
namespace {

class FunctionTable {
 public:
  FunctionTable(Profile &profile, StringTable &strings) : profile_(profile), strings_(strings) {
    for (const Function &function : profile.functions) {
      ids_.emplace(key(function), function.id);
      next_id_ = std::max(next_id_, function.id + 1);
    }
  }

  uint64_t id_of(const Frame &frame) {
    Function function;
    function.id = next_id_;
    function.name = strings_.index_of(frame.function);
    function.system_name = strings_.index_of(frame.system_name);
    function.file_name = strings_.index_of(frame.file);
    function.start_line = frame.start_line;
    const auto [entry, is_new] = ids_.emplace(key(function), function.id);
    if (is_new) {
      profile_.functions.push_back(function);
      ++next_id_;
    }
    return entry->second;
  }

 private:
  using Key = std::tuple<int64_t, int64_t, int64_t, int64_t>;
  static Key key(const Function &function) {
    return {function.name, function.system_name, function.file_name, function.start_line};
  }

  Profile &profile_;
  StringTable &strings_;
  std::map<Key, uint64_t> ids_;
  uint64_t next_id_ = 1;
};

// The addresses that no location has yet.
void add_locations(Profile &profile, const LockProfile &locks, const Mapping &mapping) {
  std::set<uint64_t> wanted, present;
  for (const auto &[id, lock] : locks.locks) wanted.insert({lock.created, lock.first_use});
  for (const LockSample &sample : locks.samples) wanted.insert({sample.site, sample.waiter_site});
  uint64_t next_id = 1;
  for (const Location &location : profile.locations) {
    present.insert(location.address);
    next_id = std::max(next_id, location.id + 1);
  }
  for (const uint64_t address : wanted) {
    if (present.contains(address) || address < mapping.memory_start || address >= mapping.memory_limit) continue;
    Location location;
    location.id = next_id++;
    location.mapping_id = mapping.id;
    location.address = address;
    profile.locations.push_back(std::move(location));
  }
}

void name_locations(Profile &profile, Symbolizer &symbolizer, FunctionTable &functions) {
  LongWork work("named", profile.locations.size(), " addresses");
  for (Location &location : profile.locations) {
    work.step();
    if (location.mapping_id != 1) continue;
    const Frames frames = symbolizer.frames_at(location.address);
    if (frames.empty()) continue;
    location.lines.clear();
    for (const Frame &frame : frames) location.lines.push_back({functions.id_of(frame), frame.line, ""});
  }
}

// pprof (1.19 at least) puts labels as they are between quotation marks of its Graphviz input, which is then malformed. The comment of the
// lock keeps the name as it was given.
std::string without_quotes(std::string text) {
  std::replace(text.begin(), text.end(), '"', '\'');
  std::replace(text.begin(), text.end(), '\\', '/');
  return text;
}

class SampleLabels {
 public:
  SampleLabels(StringTable &strings, Sample &sample) : strings_(strings), sample_(sample) {}

  void set(const std::string &key, const std::string &text) {
    const int64_t index = strings_.index_of(key);
    const auto same_key = [&](const Label &label) { return label.key == index; };
    const auto existing = std::find_if(sample_.labels.begin(), sample_.labels.end(), same_key);
    Label &label = existing != sample_.labels.end() ? *existing : sample_.labels.emplace_back();
    label.key = index;
    label.text = strings_.index_of(text);
  }

  void set_place(const std::string &prefix, const Place &place) {
    if (!place.function.empty()) set(prefix + "_function", short_function_name(place.function));
    if (!place.file.empty()) set(prefix + "_line", short_file_and_line(place));
  }

 private:
  StringTable &strings_;
  Sample &sample_;
};

}  // namespace

void symbolize_profile(Profile &profile, const LockProfile &locks, const std::map<uint64_t, std::string> &lock_names,
                       LockPlaces &places, Symbolizer &symbolizer) {
  StringTable strings(profile);
  SampleList samples;
  Sample sample;
  std::optional<LongWork> work(std::in_place, "labelled", profile.samples.size(), " samples");
  for (size_t index = 0; index < profile.samples.size(); ++index) {
    work->came_to(index);
    profile.samples.read(index, sample);
    const LockSample &lock_sample = locks.samples[locks.sample_of[index]];
    SampleLabels labels(strings, sample);
    labels.set("lock", without_quotes(lock_names.at(lock_sample.lock_id)));
    labels.set_place("site", places.of_sample(lock_sample));
    if (lock_sample.waiter_site != 0) {
      labels.set_place("waiter_site", places.of_address(lock_sample.lock_id, lock_sample.waiter_site));
    }
    samples.push_back(sample);
  }
  work.reset();
  profile.samples = std::move(samples);
  FunctionTable functions(profile, strings);
  for (Mapping &mapping : profile.mappings) {
    if (mapping.id != 1) continue;
    add_locations(profile, locks, mapping);
    mapping.has_functions = true;
    mapping.has_file_names = mapping.has_line_numbers = mapping.has_inline_frames = symbolizer.has_debug_information();
  }
  name_locations(profile, symbolizer, functions);
}

}  // namespace lockwrap::cli
