// What a program leaves to the dynamic linker: shared libraries, and the words that are filled in at start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/program_file.h"

namespace lockwrap::cli {

struct FunctionImport {
  uint64_t slot;  // the word that gets the function's address
  std::string_view name;  // in the file
  bool is_linkage = false;  // a word of the linker's own tables, not one of the program's data
};

class DynamicLinks {
 public:
  // CommandError: the tables are damaged.
  explicit DynamicLinks(const ProgramFile &file);

  // Has PT_INTERP: libc is a shared library.
  bool is_dynamic() const { return !interpreter_.empty(); }
  const std::string &interpreter() const { return interpreter_; }
  const std::vector<std::string> &libraries() const { return libraries_; }
  bool is_shared_library() const { return is_shared_library_; }
  bool is_position_independent() const { return is_position_independent_; }
  const std::vector<FunctionImport> &imports() const { return imports_; }
  // The highest version of glibc that it asks for, "2.34"; "" when it asks for none.
  const std::string &needed_glibc() const { return needed_glibc_; }

  // The address that the word at `slot` has at run time, relative to the program: from its relocation, or as it is in the file.
  std::optional<uint64_t> word_in(uint64_t slot) const;
  // "" when it is no import's.
  std::string_view import_in(uint64_t slot) const;
  uint64_t table_address() const { return table_address_; }  // DT_PLTGOT; 0: none

 private:
  void read_relocations(uint64_t address, uint64_t size, bool has_addends);
  std::string_view symbol_name(uint64_t index) const;
  void read_glibc_version();

  const ProgramFile &file_;
  std::string interpreter_;
  std::vector<std::string> libraries_;
  bool is_shared_library_ = false;
  bool is_position_independent_ = false;
  uint64_t table_address_ = 0;
  uint64_t names_address_ = 0;
  uint64_t names_bytes_ = 0;
  uint64_t symbols_address_ = 0;
  std::vector<FunctionImport> imports_;                   // by slot
  std::vector<std::pair<uint64_t, uint64_t>> relative_;  // by slot: and the address in it
  std::string needed_glibc_;
};

}  // namespace lockwrap::cli
