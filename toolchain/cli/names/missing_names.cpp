#include "names/missing_names.h"

#include <iostream>
#include <set>

#include "base/error.h"
#include "base/long_work.h"

namespace lockwrap::cli {

std::optional<MissingNames> missing_names(const ElfBinary &elf, Symbolizer &symbolizer) {
  const Symbolizer::Answers &answers = symbolizer.answers();
  if (answers.asked == 0 || answers.with_line > 0) return std::nullopt;
  const bool has_names = answers.named > 0, has_debug_information = symbolizer.has_debug_information();
  std::string what;
  if (!has_debug_information && !elf.has_symbol_table()) {
    what = std::string("is stripped (") + (has_names ? "only the functions that it exports have names" : "it has no symbols") +
           "); give the unstripped program with --binary";
  } else if (!has_names) {
    what = "has no function at " + (answers.asked == 1 ? "the address" : "any of the " + std::to_string(answers.asked) + " addresses") +
           " that it was asked for; check that it is the right program, or give the right one with --binary";
  } else {
    what = std::string(has_debug_information ? "has no debug information of the code that was asked for" : "has symbols but no debug information") +
           "; build it with -g, or give it as it was before strip with --binary";
  }
  return MissingNames{has_names, file_error(elf.path(), what + ", or the folder of its debug file with --debug-directory").what()};
}

void warn_of_missing_names(const ElfBinary &elf, Symbolizer &symbolizer) {
  static std::set<std::string> told;
  const std::optional<MissingNames> missing = missing_names(elf, symbolizer);
  if (!missing || !told.insert(elf.path()).second) return;
  rest_from_work();
  std::cerr << "lockwrap: warning: " << (missing->has_names ? "files and lines are missing: " : "addresses are shown instead of names: ") << missing->text << "\n";
}

}  // namespace lockwrap::cli
