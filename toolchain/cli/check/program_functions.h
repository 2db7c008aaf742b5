// Where the functions of a program are, and their names as far as it has any: from the symbols, and from the index of its unwind tables, which
// strip leaves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/program_file.h"

namespace lockwrap::cli {

struct FunctionSymbol {
  uint64_t start = 0;
  uint64_t size = 0;
  std::string name;         // mangled
  std::string source_file;  // local symbols only, as the linker noted it: "cache.c"
};

enum class CodeKind { kArm, kThumb, kData };

class ProgramFunctions {
 public:
  // Names are read from `names`, the program itself or its debug file.
  ProgramFunctions(const ProgramFile &program, const ProgramFile &names);

  bool has_names() const { return !functions_.empty(); }
  // By address; several may begin at one.
  const std::vector<FunctionSymbol> &functions() const { return functions_; }
  // The symbol whose own size covers the address; the tightest. Null: none.
  const FunctionSymbol *at(uint64_t address) const;
  // Where the function of this address begins, by name or by unwind table.
  std::optional<uint64_t> start_of(uint64_t address) const;
  // By address, each once: those of the unwind tables' index, or without it those of the symbols.
  std::vector<uint64_t> starts() const;
  // All of both, also where there is an index: every one is the first byte of an instruction.
  std::vector<uint64_t> instruction_starts() const;
  bool has_unwind_index() const { return !indexed_starts_.empty(); }

  // 32-bit ARM: what the linker noted the bytes from an address on to be. Empty when it noted nothing.
  const std::vector<std::pair<uint64_t, CodeKind>> &code_kinds() const { return code_kinds_; }

 private:
  void read_symbols(const ProgramFile &names);
  void read_unwind_index(const ProgramFile &program);

  std::vector<FunctionSymbol> functions_;
  std::vector<uint64_t> indexed_starts_;
  std::vector<std::pair<uint64_t, CodeKind>> code_kinds_;
};

}  // namespace lockwrap::cli
