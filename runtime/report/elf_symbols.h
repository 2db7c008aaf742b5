// Names of functions and variables from the running executable's own symbol table, read from its file. No demangler and no
// debug information: `lockwrap report` shows more.
// Runs: when a text report is written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::report {

struct SymbolName {
  const char* text;    // as in the file; null: no symbol covers the address
  uintptr_t offset;    // from its start
};

// The executable's file, mapped while this lives. Without /proc, or stripped, nothing has a name. Signal-safe.
class ElfSymbols {
 public:
  ElfSymbols();
  ~ElfSymbols();
  ElfSymbols(const ElfSymbols&) = delete;
  ElfSymbols& operator=(const ElfSymbols&) = delete;

  // The symbol whose size covers the run-time address: never the nearest one.
  SymbolName find(uintptr_t address) const;

 private:
  const char* file_ = nullptr;
  size_t file_bytes_ = 0;
  const char* symbols_ = nullptr;
  size_t symbol_count_ = 0;
  const char* strings_ = nullptr;
  size_t string_bytes_ = 0;
};

}  // namespace lockwrap::report
