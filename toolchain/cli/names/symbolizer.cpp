#include "names/symbolizer.h"

#include <algorithm>

#include "names/binary_identity.h"
#include "names/function_name.h"

namespace lockwrap::cli {

Symbolizer::Symbolizer(const ElfBinary &binary, uint64_t bias, bool uses_cache) : binary_(binary), bias_(bias) {
  const std::string identity = uses_cache ? identity_of(binary) : "";
  if (!identity.empty()) cache_.emplace(binary.build_id(), identity);
}

Symbolizer::~Symbolizer() {
  if (!cache_) return;
  if (dwarf_ && (!dwarf_->has_debug_information() || dwarf_->has_split_units())) return;  // damaged; in more files than the cache's identity knows
  try {
    cache_->save();
  } catch (const std::exception &) {  // no memory left: the next command asks again
  }
}

ElfSymbols &Symbolizer::symbols() { return symbols_ ? *symbols_ : symbols_.emplace(binary_); }

DwarfFrames &Symbolizer::dwarf() { return dwarf_ ? *dwarf_ : dwarf_.emplace(binary_); }

// Only of a program with debug information there is a cache.
bool Symbolizer::has_debug_information() { return (cache_ && !cache_->is_empty()) || dwarf().has_debug_information(); }

Frames Symbolizer::frames_of_file(uint64_t file_address) {
  const ElfSymbol *symbol = symbols().function_at(file_address);
  const std::string name = symbol != nullptr ? symbol->name : "";
  Frames frames = dwarf().frames_at(file_address, name);
  if (frames.empty() && symbol != nullptr) frames.push_back({demangle(name), name, "", 0, 0});
  return frames;
}

Frames Symbolizer::kept_frames_of_file(uint64_t file_address) {
  if (!cache_) return frames_of_file(file_address);
  if (const Frames *known = cache_->frames_at(file_address)) return *known;
  Frames frames = frames_of_file(file_address);
  cache_->keep_frames(file_address, frames);
  return frames;
}

Frames Symbolizer::frames_at(uint64_t address) {
  Frames frames = kept_frames_of_file(address - bias_);
  ++answers_.asked;
  answers_.named += !frames.empty();
  answers_.with_line += std::any_of(frames.begin(), frames.end(), [](const Frame &frame) { return frame.line != 0; });
  return frames;
}

const ElfSymbol *Symbolizer::variable_at(uint64_t address, uint64_t &offset) {
  const uint64_t file_address = address - bias_;
  if (!binary_.covers(file_address)) return nullptr;  // on the heap or a stack, where no later command would ask again
  const ElfSymbol *variable = nullptr;
  if (const std::optional<ElfSymbol> *known = cache_ ? cache_->variable_at(file_address) : nullptr) {
    variable = *known ? &**known : nullptr;
  } else {
    variable = symbols().variable_at(file_address);
    if (cache_) cache_->keep_variable(file_address, variable);
  }
  if (variable != nullptr) offset = file_address - variable->start;
  return variable;
}

}  // namespace lockwrap::cli
