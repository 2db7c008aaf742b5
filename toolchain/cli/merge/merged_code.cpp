// Unsigned arithmetic may wrap here: a hostile file gets strange addresses, and nothing else.
#include "merge/merged_code.h"

#include <algorithm>

namespace lockwrap::cli {
namespace {

constexpr uint64_t kUnmappedAddress = 1;        // of code in no mapping; 0 means no code
constexpr uint64_t kSpaceBetween = 4ull << 30;  // further than any program's variables are from its code
constexpr uint64_t kKeptBits = (2ull << 20) - 1;  // of an address that is moved: also a large page stays aligned

// A part of a key; the length in front keeps two parts from being taken for two others.
std::string part(const std::string &text) { return std::to_string(text.size()) + ":" + text; }
std::string part(uint64_t number) { return std::to_string(number) + ","; }

}  // namespace

void MergedCode::begin_file(const Profile &source, const LockProfile &locks) {
  source_ = &source;
  locks_ = &locks;
  placements_.clear();
  source_locations_.clear();
  source_functions_.clear();
  known_.clear();
  known_locations_.clear();
  // The executable is number 1, wherever the file has it.
  for (const Mapping &mapping : source.mappings) {
    if (mapping.id == 1) place(mapping);
  }
  for (const Mapping &mapping : source.mappings) {
    if (mapping.id != 1) place(mapping);
  }
  for (const Function &function : source.functions) source_functions_.emplace(function.id, &function);
  for (const Location &location : source.locations) source_locations_.emplace(location.address, &location);
}

void MergedCode::place(const Mapping &mapping) {
  const Range code{mapping.memory_start, std::max(mapping.memory_start, mapping.memory_limit)};
  const bool has_image = mapping.id == 1 && locks_->image_start <= code.start && code.limit <= locks_->image_end && locks_->image_end != 0;
  const size_t index = mapping_for(mapping, *source_, has_image ? Range{locks_->image_start, locks_->image_end} : code);
  placements_.push_back({code, result_.mappings[index].memory_start - code.start, index, mapping.id == 1});
}

size_t MergedCode::mapping_for(const Mapping &mapping, const Profile &source, const Range &span) {
  const std::string &build_id = source.text(mapping.build_id);
  const std::string key = build_id.empty() ? "file " + part(source.text(mapping.file_name)) + part(mapping.file_offset) + part(span.limit - span.start)
                                           : "build " + part(build_id) + part(mapping.file_offset);
  const auto [entry, is_new] = mappings_.emplace(key, result_.mappings.size());
  if (!is_new) {
    Mapping &known = result_.mappings[entry->second];  // has names only if every file has them, else nobody would look for the others
    known.has_functions &= mapping.has_functions;
    known.has_file_names &= mapping.has_file_names;
    known.has_line_numbers &= mapping.has_line_numbers;
    known.has_inline_frames &= mapping.has_inline_frames;
    return entry->second;
  }
  const uint64_t distance = free_distance(span);
  Mapping copy = mapping;
  copy.id = result_.mappings.size() + 1;
  copy.memory_start += distance;
  copy.memory_limit = std::max(mapping.memory_start, mapping.memory_limit) + distance;
  copy.file_name = strings_.index_of(source.text(mapping.file_name));
  copy.build_id = strings_.index_of(build_id);
  copy.unknown_fields.clear();
  result_.mappings.push_back(std::move(copy));
  spans_.push_back({span.start + distance, span.limit + distance});
  return entry->second;
}

// 0 when nothing else is where `span` is.
uint64_t MergedCode::free_distance(const Range &span) const {
  uint64_t end = 0;
  bool overlaps = false;
  for (const Range &other : spans_) {
    end = std::max(end, other.limit);
    overlaps = overlaps || (span.start < other.limit && other.start < span.limit);
  }
  if (!overlaps) return 0;
  const uint64_t start = ((end + kSpaceBetween) & ~kKeptBits) | (span.start & kKeptBits);
  return start - span.start;
}

const MergedCode::Placement *MergedCode::placement_of(uint64_t address) const {
  for (const Placement &placement : placements_) {
    if (address >= placement.here.start && address < placement.here.limit) return &placement;
  }
  return nullptr;
}

uint64_t MergedCode::address_of(uint64_t address) {
  if (address == 0) return 0;
  const auto [known, is_new] = known_.try_emplace(address, 0);
  if (!is_new) return known->second;
  const Placement *placement = placement_of(address);
  // A profile without mappings says nothing about where it is: its addresses stay.
  uint64_t merged = placement != nullptr ? address + placement->distance : placements_.empty() ? address : kUnmappedAddress;
  const auto source = source_locations_.find(address);
  std::vector<Line> lines;
  if (source != source_locations_.end()) lines = lines_of(*source->second);
  const std::string key = key_of(lines);
  const bool is_primary = placement != nullptr && placement->index == 0;
  if (!lines.empty() && !is_primary) {  // another build's, or code in no mapping: its names are what it has in common with others
    const auto place = named_places_.find(key);
    if (place != named_places_.end()) return known->second = place->second;
    if (placement == nullptr && !placements_.empty()) merged = ++last_unmapped_;
  }
  if (!lines.empty()) {
    named_places_.emplace(key, merged);
    const auto existing = locations_.find(merged);
    if (existing == locations_.end()) add_location(merged, placement != nullptr ? result_.mappings[placement->index].id : 0, std::move(lines));
    else if (result_.locations[existing->second].lines.empty()) result_.locations[existing->second].lines = std::move(lines);
  }
  return known->second = merged;
}

uint64_t MergedCode::location_of(uint64_t address) {
  const auto [known, is_new] = known_locations_.try_emplace(address, 0);
  if (!is_new) return known->second;
  const uint64_t merged = address_of(address);
  const auto existing = locations_.find(merged);
  if (existing != locations_.end()) return known->second = result_.locations[existing->second].id;
  const Placement *placement = placement_of(address);
  return known->second = add_location(merged, placement != nullptr ? result_.mappings[placement->index].id : 0, {});
}

uint64_t MergedCode::variable_of(uint64_t address) const {
  if (address < locks_->image_start || address >= locks_->image_end) return 0;
  for (const Placement &placement : placements_) {
    if (placement.is_executable) return address + placement.distance;
  }
  return 0;
}

std::vector<Line> MergedCode::lines_of(const Location &location) {
  std::vector<Line> lines;
  for (const Line &line : location.lines) {
    const auto function = source_functions_.find(line.function_id);
    if (function != source_functions_.end()) lines.push_back({function_of(*function->second), line.line, ""});
  }
  return lines;
}

// A function's start line is left out: it moves when anything above it is edited, and says nothing about the place.
std::string MergedCode::key_of(const std::vector<Line> &lines) const {
  std::string key;
  for (const Line &line : lines) {
    const Function &function = result_.functions[line.function_id - 1];
    key += part(static_cast<uint64_t>(function.name)) + part(static_cast<uint64_t>(function.file_name)) + part(static_cast<uint64_t>(line.line));
  }
  return key;
}

uint64_t MergedCode::function_of(const Function &function) {
  Function copy;
  copy.name = strings_.index_of(source_->text(function.name));
  copy.system_name = strings_.index_of(source_->text(function.system_name));
  copy.file_name = strings_.index_of(source_->text(function.file_name));
  copy.start_line = function.start_line;
  copy.id = result_.functions.size() + 1;
  std::string key;
  for (const int64_t value : {copy.name, copy.system_name, copy.file_name, copy.start_line}) key += part(static_cast<uint64_t>(value));
  const auto [entry, is_new] = functions_.emplace(key, copy.id);
  if (is_new) result_.functions.push_back(std::move(copy));
  return entry->second;
}

uint64_t MergedCode::add_location(uint64_t address, uint64_t mapping_id, std::vector<Line> lines) {
  Location location;
  location.id = result_.locations.size() + 1;
  location.mapping_id = mapping_id;
  location.address = address;
  location.lines = std::move(lines);
  locations_.emplace(address, result_.locations.size());
  result_.locations.push_back(std::move(location));
  return result_.locations.back().id;
}

}  // namespace lockwrap::cli
