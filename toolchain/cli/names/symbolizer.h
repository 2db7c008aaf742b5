// Names for the addresses of one program, from its debug information and, where that ends, its symbol table; or from the cache of what these said
// before. The program's file is not read before a name is asked for that the cache has not.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "names/dwarf_frames.h"
#include "names/elf_binary.h"
#include "names/elf_symbols.h"
#include "names/frame.h"
#include "names/symbol_cache.h"

namespace lockwrap::cli {

class Symbolizer {
 public:
  // `bias`: what the process added to the file's addresses. The binary must outlive this.
  Symbolizer(const ElfBinary &binary, uint64_t bias, bool uses_cache = true);
  // Writes the cache.
  ~Symbolizer();
  Symbolizer(const Symbolizer &) = delete;
  Symbolizer &operator=(const Symbolizer &) = delete;

  // Innermost first; empty when nothing is known about the run-time address.
  Frames frames_at(uint64_t address);

  // The variable that covers the run-time address, or null; `offset` is where in it the address lies. What is returned stays until the end.
  const ElfSymbol *variable_at(uint64_t address, uint64_t &offset);

  bool has_debug_information();

  // Of the addresses that frames_at was asked for: how many have a name, and how many a line.
  struct Answers {
    size_t asked = 0, named = 0, with_line = 0;
  };
  const Answers &answers() const { return answers_; }

 private:
  ElfSymbols &symbols();
  DwarfFrames &dwarf();
  Frames frames_of_file(uint64_t file_address);
  Frames kept_frames_of_file(uint64_t file_address);

  const ElfBinary &binary_;
  uint64_t bias_;
  Answers answers_;
  std::optional<ElfSymbols> symbols_;
  std::optional<DwarfFrames> dwarf_;
  std::optional<SymbolCache> cache_;
};

}  // namespace lockwrap::cli
