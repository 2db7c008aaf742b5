// Functions are shared between locations and found again when a profile is symbolized a second time.
#include "names/symbolize_profile.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

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

constexpr const char *kLabelKeys[] = {"lock", "site_function", "site_line", "waiter_site_function", "waiter_site_line"};
constexpr size_t kLabels = std::size(kLabelKeys);
using LabelTexts = std::array<int64_t, kLabels>;  // indices of strings; 0: there is none

// Most samples say the same as many others.
class LabelFinder {
 public:
  LabelFinder(StringTable &strings, const std::map<uint64_t, std::string> &lock_names, LockPlaces &places)
      : strings_(strings),
        lock_names_(lock_names),
        places_(places) {}

  LabelTexts texts_of(const LockSample &of) {
    const auto [lock, is_new_lock] = locks_.try_emplace(of.lock_id);
    if (is_new_lock) lock->second = strings_.index_of(without_quotes(lock_names_.at(of.lock_id)));
    const Place &site = places_.of_sample(of);
    const auto [known_site, is_new_site] = sites_.try_emplace(&site);
    if (is_new_site) known_site->second = of_place(site);
    OfPlace waiter;
    if (of.waiter_site != 0) {
      const auto [known_waiter, is_new_waiter] = waiter_sites_.try_emplace({of.lock_id, of.waiter_site});
      if (is_new_waiter) known_waiter->second = of_place(places_.of_address(of.lock_id, of.waiter_site));
      waiter = known_waiter->second;
    }
    return {lock->second, known_site->second.function, known_site->second.line, waiter.function, waiter.line};
  }

 private:
  struct OfPlace {
    int64_t function = 0, line = 0;
  };

  OfPlace of_place(const Place &place) {
    return {place.function.empty() ? 0 : strings_.index_of(short_function_name(place.function)), place.file.empty() ? 0 : strings_.index_of(short_file_and_line(place))};
  }

  StringTable &strings_;
  const std::map<uint64_t, std::string> &lock_names_;
  LockPlaces &places_;
  std::unordered_map<uint64_t, int64_t> locks_;
  std::unordered_map<const Place *, OfPlace> sites_;
  std::map<std::pair<uint64_t, uint64_t>, OfPlace> waiter_sites_;
};

struct SampleLabels {
  LabelTexts keys{};              // 0: no sample has this label, so that it is no string of the profile
  std::vector<LabelTexts> texts;  // of the locks' samples

  void set(Sample &sample, size_t of_sample) const {
    for (size_t each = 0; each < kLabels; ++each) {
      if (texts[of_sample][each] == 0) continue;
      const auto existing = std::ranges::find(sample.labels, keys[each], &Label::key);
      Label &label = existing != sample.labels.end() ? *existing : sample.labels.emplace_back();
      label.key = keys[each];
      label.text = texts[of_sample][each];
    }
  }
};

SampleLabels find_labels(const LockProfile &locks, StringTable &strings, LabelFinder finder) {
  SampleLabels labels;
  labels.texts.reserve(locks.samples.size());
  LongWork work("labelled", locks.samples.size(), " samples");
  for (const LockSample &sample : locks.samples) {
    work.step();
    const LabelTexts &texts = labels.texts.emplace_back(finder.texts_of(sample));
    for (size_t each = 0; each < kLabels; ++each) {
      if (texts[each] != 0 && labels.keys[each] == 0) labels.keys[each] = strings.index_of(kLabelKeys[each]);
    }
  }
  return labels;
}

}  // namespace

EditSample symbolize_profile(Profile &profile, const LockProfile &locks, const std::map<uint64_t, std::string> &lock_names,
                             LockPlaces &places, Symbolizer &symbolizer) {
  StringTable strings(profile);
  // Before the names of functions, of which there are many: a small number takes less room in each sample.
  const auto labels = std::make_shared<const SampleLabels>(find_labels(locks, strings, {strings, lock_names, places}));
  FunctionTable functions(profile, strings);
  for (Mapping &mapping : profile.mappings) {
    if (mapping.id != 1) continue;
    add_locations(profile, locks, mapping);
    mapping.has_functions = true;
    mapping.has_file_names = mapping.has_line_numbers = mapping.has_inline_frames = symbolizer.has_debug_information();
  }
  name_locations(profile, symbolizer, functions);
  return [&locks, labels](size_t index, Sample &sample) {
    labels->set(sample, locks.sample_of[index]);
    return true;
  };
}

}  // namespace lockwrap::cli
