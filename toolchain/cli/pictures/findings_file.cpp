#include "pictures/findings_file.h"

#include "base/error.h"
#include "names/symbolize_findings.h"

namespace lockwrap::cli {

std::string name_findings(const std::string &path, const std::string &text, const BinaryChoice &choice) {
  if (choice.path.empty()) {
    throw file_error(path, "is not a lockwrap profile (not gzip'ed); if it is the text of findings, give the program that told them with --binary");
  }
  const ElfBinary elf(choice.path, choice.debug_directories);
  Symbolizer symbolizer(elf, 0, choice.uses_cache);  // the addresses in findings are those of the file
  NamedFindings named = symbolize_findings(text, symbolizer);
  if (named.findings == 0) {
    throw file_error(path, "is neither a lockwrap profile (not gzip'ed) nor has it a finding (a line \"lockwrap: KIND: ...\"); check that it is the right file");
  }
  if (named.other_names > named.same_names) {
    throw file_error(elf.path(), "is another build than the one that told the findings in " + path + " (" +
                                     std::to_string(named.other_names) + " of " + std::to_string(named.other_names + named.same_names) +
                                     " functions are not where these say); give the right executable with --binary");
  }
  return std::move(named.text);
}

}  // namespace lockwrap::cli
