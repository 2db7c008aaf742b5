// Frames are compared by lock_plumbing.h.
#include "names/lock_places.h"

#include "names/function_name.h"
#include "names/lock_plumbing.h"

namespace lockwrap::cli {
namespace {

Place place_of(const Frame &frame) { return {frame.function, frame.file, frame.line}; }

const Frame *first_deciding(const Frames &frames) {
  for (const Frame &frame : frames) {
    if (!is_lock_plumbing(frame.function)) return &frame;
  }
  return nullptr;
}

}  // namespace

std::string short_file_and_line(const Place &place) {
  if (place.file.empty()) return "";
  const std::string name = place.file.substr(place.file.rfind('/') + 1);
  return place.line == 0 ? name : name + ":" + std::to_string(place.line);
}

std::string short_place(const Place &place, size_t columns) {
  const std::string where = short_file_and_line(place);
  const std::string function = place.function.empty() ? "several places" : fitted_function_name(place.function, columns);
  return where.empty() ? function : function + " " + where;
}

LockPlaces::LockPlaces(const LockProfile &profile, FrameSource &frames) : profile_(profile), frames_(frames) {}

void LockPlaces::find_heaviest() {
  has_heaviest_ = true;
  for (const LockSample &sample : profile_.samples) {
    if (sample.side != Side::kWaiter) continue;
    const LockSample *&heaviest = heaviest_[{sample.lock_id, sample.site}];
    const bool is_deeper = heaviest != nullptr && sample.stack.size() > 1 && heaviest->stack.size() <= 1;
    if (heaviest == nullptr || is_deeper || sample.wait_ns > heaviest->wait_ns) heaviest = &sample;
  }
}

const Place *LockPlaces::of_site(uint64_t site) {
  if (site == 0) return nullptr;
  const auto [entry, is_new] = by_site_.try_emplace(site);
  if (is_new) {
    if (const Frame *frame = first_deciding(frames_.frames_at(site))) entry->second = place_of(*frame);
  }
  return entry->second ? &*entry->second : nullptr;
}

const Place &LockPlaces::of_sample(const LockSample &sample) {
  if (const Place *place = of_site(sample.site)) return *place;
  const auto [entry, is_new] = by_stack_.try_emplace({sample.site, sample.stack.data()});
  if (is_new) {
    std::vector<uint64_t> addresses;
    for (const uint32_t number : sample.stack) addresses.push_back(profile_.addresses[number]);
    entry->second = of_stack(sample.site, addresses);
  }
  return entry->second;
}

Place LockPlaces::of_stack(uint64_t site, const std::vector<uint64_t> &addresses) {
  if (const Place *place = of_site(site)) return *place;
  for (const uint64_t address : addresses) {
    if (const Frame *frame = first_deciding(frames_.frames_at(address))) return place_of(*frame);
  }
  const uint64_t leaf = site != 0 || addresses.empty() ? site : addresses.front();
  return place_of(frames_.frames_at(leaf).front());
}

Place LockPlaces::of_address(uint64_t lock_id, uint64_t address) {
  if (address == 0) return {};
  const Frames &frames = frames_.frames_at(address);
  if (const Frame *frame = first_deciding(frames)) return place_of(*frame);
  if (!has_heaviest_) find_heaviest();
  const auto heaviest = heaviest_.find({lock_id, address});
  return heaviest == heaviest_.end() ? place_of(frames.front()) : of_sample(*heaviest->second);
}

}  // namespace lockwrap::cli
