// Function, file and line of a code address, with the functions that were inlined there.
#pragma once

#include <cstdint>

#include "names/dwarf_scopes.h"
#include "names/dwarf_units.h"
#include "names/elf_binary.h"
#include "names/frame.h"

namespace lockwrap::cli {

class DwarfFrames {
 public:
  // Without debug information every answer is empty. The binary must outlive this.
  explicit DwarfFrames(const ElfBinary &binary);

  bool has_debug_information() const { return dwarf_ != nullptr; }

  bool has_split_units() const { return units_.has_split_units(); }

  // Innermost first; empty when the debug information does not cover the address. `symbol` is the name of the function
  // in the symbol table, "" when there is none: it names the outermost frame when DWARF has only a plain name.
  Frames frames_at(uint64_t address, const std::string &symbol);

 private:
  Dwarf_Addr bias_ = 0;
  Dwarf *dwarf_;
  DwarfUnits units_;
  DwarfScopes scopes_;
};

}  // namespace lockwrap::cli
