// What a program's file could not say of the addresses that it was asked for, and what to do about it: strip takes names without a word.
#pragma once

#include <optional>
#include <string>

#include "names/elf_binary.h"
#include "names/symbolizer.h"

namespace lockwrap::cli {

struct MissingNames {
  bool has_names = false;  // of some functions; then the lines are missing
  std::string text;        // "FILE: is stripped (it has no symbols); give ..."
};

// Nothing when no address was asked for yet, or one of them has a line. `symbolizer`: of this program.
std::optional<MissingNames> missing_names(const ElfBinary &elf, Symbolizer &symbolizer);

// The same as a warning on stderr, once a file.
void warn_of_missing_names(const ElfBinary &elf, Symbolizer &symbolizer);

}  // namespace lockwrap::cli
