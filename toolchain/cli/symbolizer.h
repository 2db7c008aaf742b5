// Names for the addresses of one program, from its debug information and, where that ends, its symbol table.
#pragma once

#include <cstdint>

#include "dwarf_frames.h"
#include "elf_binary.h"
#include "elf_symbols.h"
#include "frame.h"
#include "function_name.h"

namespace lockwrap::cli {

class Symbolizer {
 public:
  // `bias`: what the process added to the file's addresses. The binary must outlive this.
  Symbolizer(const ElfBinary &binary, uint64_t bias) : bias_(bias), symbols_(binary), dwarf_(binary) {}

  // Innermost first; empty when nothing is known about the run-time address.
  Frames frames_at(uint64_t address) {
    const ElfSymbol *symbol = symbols_.function_at(address - bias_);
    const std::string name = symbol != nullptr ? symbol->name : "";
    Frames frames = dwarf_.frames_at(address - bias_, name);
    if (frames.empty() && symbol != nullptr) frames.push_back({demangle(name), name, "", 0, 0});
    return frames;
  }

  // The variable that covers the run-time address, or null; `offset` is where in it the address lies.
  const ElfSymbol *variable_at(uint64_t address, uint64_t &offset) const {
    const ElfSymbol *symbol = symbols_.variable_at(address - bias_);
    if (symbol != nullptr) offset = address - bias_ - symbol->start;
    return symbol;
  }

  bool has_debug_information() const { return dwarf_.has_debug_information(); }

 private:
  uint64_t bias_;
  ElfSymbols symbols_;
  DwarfFrames dwarf_;
};

}  // namespace lockwrap::cli
