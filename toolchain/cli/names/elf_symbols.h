// The functions and variables of a program, by address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "names/elf_binary.h"

namespace lockwrap::cli {

struct ElfSymbol {
  uint64_t start = 0;
  uint64_t size = 0;
  std::string name;         // mangled
  std::string source_file;  // local symbols only: the file that the linker noted, e.g. "cache.cpp"
  bool is_global = false;
};

class ElfSymbols {
 public:
  // Reads .symtab of the program or of its debug file. A stripped program simply has few symbols.
  explicit ElfSymbols(const ElfBinary &binary);

  // Only a symbol whose own size covers the address: the nearest one lies ("_end" for a lock on a stack). Of several,
  // the tightest, then the global one.
  const ElfSymbol *function_at(uint64_t address) const { return find(functions_, address); }
  const ElfSymbol *variable_at(uint64_t address) const { return find(variables_, address); }

 private:
  static const ElfSymbol *find(const std::vector<ElfSymbol> &symbols, uint64_t address);

  std::vector<ElfSymbol> functions_;
  std::vector<ElfSymbol> variables_;
};

}  // namespace lockwrap::cli
