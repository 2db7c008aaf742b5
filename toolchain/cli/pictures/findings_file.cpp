#include "pictures/findings_file.h"

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "names/missing_names.h"
#include "names/symbolize_findings.h"
#include "pictures/finding_reader.h"
#include "profile/gzip_file.h"
#include "profile/profile_reader.h"

namespace lockwrap::cli {
bool is_text(std::string_view bytes) {
  bytes = bytes.substr(0, 4096);
  return std::none_of(bytes.begin(), bytes.end(), [](char byte) { return byte >= 0 && byte < '\t'; });
}

std::string read_log(const std::string &path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw file_error(path, "cannot be opened (No such file or directory); check the path; with log=FILE in LOCKWRAP_OPTIONS a program makes the "
                           "file when it has found something, not before");
  }
  if (std::filesystem::is_regular_file(status) && std::filesystem::file_size(path, error) == 0) return "";
  std::string bytes = read_file_bytes(path);
  if (!is_gzip(bytes)) return bytes;
  bytes = unpack_gzip(std::move(bytes), path);
  if (!is_text(bytes)) {
    parse_profile(bytes, path);  // says what it is if it is no profile either
    throw file_error(path, "is a profile; findings are in the program's log (its stderr, or LOCKWRAP_OPTIONS=log=FILE)");
  }
  return bytes;
}

std::string name_findings(const std::string &path, const std::string &text, const BinaryChoice &choice, WithoutNames without_names) {
  if (read_findings(text).empty()) {
    throw file_error(path, "is neither a lockwrap profile (not gzip'ed) nor has it a finding (a line \"lockwrap: KIND: ...\"); check that it is the right file");
  }
  if (choice.path.empty()) throw file_error(path, "has findings, whose names are in the program that told them; give that with --binary");
  const ElfBinary elf(choice.path, choice.debug_directories);
  Symbolizer symbolizer(elf, 0, choice.uses_cache);  // the addresses in findings are those of the file
  NamedFindings named = symbolize_findings(text, symbolizer);
  if (named.other_names > named.same_names) {
    throw file_error(elf.path(), "is another build than the one that told the findings in " + path + " (" +
                                     std::to_string(named.other_names) + " of " + std::to_string(named.other_names + named.same_names) +
                                     " functions are not where these say); give the right executable with --binary");
  }
  const std::optional<MissingNames> missing = missing_names(elf, symbolizer);
  if (missing && !missing->has_names && without_names == WithoutNames::kRefuse) throw CommandError(missing->text);
  warn_of_missing_names(elf, symbolizer);
  return std::move(named.text);
}

}  // namespace lockwrap::cli
