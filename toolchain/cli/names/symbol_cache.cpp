#include "names/symbol_cache.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "names/cache_folder.h"
#include "base/error.h"
#include "profile/gzip_file.h"
#include "profile/profile.h"
#include "profile/profile_reader.h"
#include "profile/profile_writer.h"

namespace lockwrap::cli {
namespace {

constexpr uint64_t kFramesMapping = 1, kVariablesMapping = 2;
constexpr size_t kMostAddresses = 200'000;  // about 10 MB in the file; beyond it what this command did not use goes

// The profile that the cache is written as.
class Writer {
 public:
  explicit Writer(const std::string &heading) : strings_(start(profile_)) {
    profile_.comments.push_back(strings_.index_of(heading));
    for (const uint64_t id : {kFramesMapping, kVariablesMapping}) {
      Mapping mapping;
      mapping.id = id;
      profile_.mappings.push_back(std::move(mapping));
    }
  }

  void add(uint64_t mapping_id, uint64_t address, const Frames &frames) {
    Location location;
    location.id = profile_.locations.size() + 1;
    location.mapping_id = mapping_id;
    location.address = address;
    for (const Frame &frame : frames) location.lines.push_back({function_of(frame), frame.line, ""});
    profile_.locations.push_back(std::move(location));
  }

  std::string packed() const { return gzip_bytes(serialize_profile(profile_)); }

 private:
  static Profile &start(Profile &profile) {
    profile.strings.emplace_back();
    return profile;
  }

  uint64_t function_of(const Frame &frame) {
    Function function;
    function.id = profile_.functions.size() + 1;
    function.name = strings_.index_of(frame.function);
    function.system_name = strings_.index_of(frame.system_name);
    function.file_name = strings_.index_of(frame.file);
    function.start_line = frame.start_line;
    const auto [entry, is_new] = ids_.emplace(std::tuple(function.name, function.system_name, function.file_name, function.start_line), function.id);
    if (is_new) profile_.functions.push_back(function);
    return entry->second;
  }

  Profile profile_;
  StringTable strings_;
  std::map<std::tuple<int64_t, int64_t, int64_t, int64_t>, uint64_t> ids_;
};

// A variable as the one frame of its address.
Frames as_frames(const std::optional<ElfSymbol> &variable) {
  if (!variable) return {};
  return {{variable->name, "", variable->source_file, static_cast<int64_t>(variable->start), variable->is_global ? 1 : 0}};
}

std::optional<ElfSymbol> as_variable(const Frames &frames) {
  if (frames.empty()) return std::nullopt;
  const Frame &frame = frames.front();
  return ElfSymbol{static_cast<uint64_t>(frame.line), 0, frame.function, frame.file, frame.start_line != 0};
}

template <typename Map>
void forget_unused(Map &map) {
  if (map.size() > kMostAddresses) std::erase_if(map, [](const auto &entry) { return !entry.second.is_used; });
}

// In order, so that the same names make the same file.
template <typename Map>
std::vector<uint64_t> addresses_of(const Map &map) {
  std::vector<uint64_t> addresses;
  for (const auto &[address, entry] : map) addresses.push_back(address);
  std::sort(addresses.begin(), addresses.end());
  return addresses;
}

}  // namespace

SymbolCache::SymbolCache(std::string build_id, std::string identity) : build_id_(std::move(build_id)), identity_(std::move(identity)) { read(); }

std::string SymbolCache::heading() const { return "lockwrap symbols format=1 version=" LOCKWRAP_VERSION " of=" + identity_; }

void SymbolCache::read() {
  std::string content = read_cache_file(file_name());
  if (content.empty()) return;
  try {
    const std::string path = file_name();
    const Profile profile = parse_profile(unpack_gzip(std::move(content), path), path);
    if (profile.comments.empty() || profile.text(profile.comments.front()) != heading()) return;
    decltype(frames_) frames;
    decltype(variables_) variables;
    std::unordered_map<uint64_t, const Function *> functions;
    for (const Function &function : profile.functions) functions.emplace(function.id, &function);
    for (const Location &location : profile.locations) {
      Frames known;
      for (const Line &line : location.lines) {
        const Function &function = *functions.at(line.function_id);
        known.push_back({profile.text(function.name), profile.text(function.system_name), profile.text(function.file_name), line.line,
                          function.start_line});
      }
      if (location.mapping_id == kFramesMapping) frames.try_emplace(location.address, std::move(known), false);
      else variables.try_emplace(location.address, as_variable(known), false);
    }
    // Once all of it has been read; what this command knows already stays as it is.
    frames_.merge(frames);
    variables_.merge(variables);
  } catch (const std::exception &) {  // cut, changed, somebody else's: as if it were not there
  }
}

const Frames *SymbolCache::frames_at(uint64_t address) {
  const auto entry = frames_.find(address);
  if (entry == frames_.end()) return nullptr;
  entry->second.is_used = true;
  return &entry->second.known;
}

void SymbolCache::keep_frames(uint64_t address, const Frames &frames) {
  has_news_ |= frames_.insert_or_assign(address, Entry<Frames>{frames, true}).second;
}

const std::optional<ElfSymbol> *SymbolCache::variable_at(uint64_t address) {
  const auto entry = variables_.find(address);
  if (entry == variables_.end()) return nullptr;
  entry->second.is_used = true;
  return &entry->second.known;
}

void SymbolCache::keep_variable(uint64_t address, const ElfSymbol *variable) {
  const std::optional<ElfSymbol> known = variable != nullptr ? std::optional(*variable) : std::nullopt;
  has_news_ |= variables_.insert_or_assign(address, Entry<std::optional<ElfSymbol>>{known, true}).second;
}

void SymbolCache::save() {
  if (!has_news_) return;
  has_news_ = false;
  read();
  forget_unused(frames_);
  forget_unused(variables_);
  Writer writer(heading());
  for (const uint64_t address : addresses_of(frames_)) writer.add(kFramesMapping, address, frames_.at(address).known);
  for (const uint64_t address : addresses_of(variables_)) writer.add(kVariablesMapping, address, as_frames(variables_.at(address).known));
  write_cache_file(file_name(), writer.packed());
}

}  // namespace lockwrap::cli
