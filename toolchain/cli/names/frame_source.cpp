// The names inside the profile are loaded first and win: they were right when the profile was symbolized.
#include "names/frame_source.h"

#include <cstdio>

#include "names/profile_binary.h"

namespace lockwrap::cli {

FrameSource::FrameSource(const Profile &profile, Symbolizer *symbolizer)
    : executable_(executable_mapping(profile)), symbolizer_(symbolizer) {
  std::unordered_map<uint64_t, const Function *> functions;
  for (const Function &function : profile.functions) functions.emplace(function.id, &function);
  for (const Location &location : profile.locations) {
    Frames frames;
    for (const Line &line : location.lines) {
      const auto entry = functions.find(line.function_id);
      if (entry == functions.end()) continue;
      const Function &function = *entry->second;
      frames.push_back({profile.text(function.name), profile.text(function.system_name), profile.text(function.file_name),
                        line.line, function.start_line});
    }
    if (!frames.empty()) known_.emplace(location.address, std::move(frames));
  }
}

const Frames &FrameSource::frames_at(uint64_t address) {
  const auto entry = known_.find(address);
  if (entry != known_.end()) return entry->second;
  Frames frames;
  const bool is_ours = executable_ != nullptr && address >= executable_->memory_start && address < executable_->memory_limit;
  if (symbolizer_ != nullptr && is_ours) frames = symbolizer_->frames_at(address);
  if (frames.empty()) frames.push_back({address_text(address), "", "", 0, 0});
  return known_.emplace(address, std::move(frames)).first->second;
}

std::string address_text(uint64_t address) {
  char text[24];
  snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
  return text;
}

}  // namespace lockwrap::cli
