// An executable on disk, opened with elfutils together with its separate debug file, if there is one.
//
// All addresses here are the file's own (p_vaddr); what the process added to them is the profile's bias.
#pragma once

#include <elfutils/libdwfl.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lockwrap::cli {

class ElfBinary {
 public:
  // Separate debug files are looked for by build-id (DIRECTORY/.build-id/xx/yyyy.debug) and by .gnu_debuglink, in
  // `debug_directories`, then beside the file and in /usr/lib/debug. Nothing is asked from the network.
  // CommandError: `path` cannot be read or is not an ELF program.
  explicit ElfBinary(const std::string &path, const std::vector<std::string> &debug_directories = {});
  ~ElfBinary();
  ElfBinary(const ElfBinary &) = delete;
  ElfBinary &operator=(const ElfBinary &) = delete;

  const std::string &path() const { return path_; }

  // In lower-case hex; "" when the program was linked without one.
  std::string build_id() const;

  // What to subtract from a run-time address to get the file's, when the executable segment at `file_offset` was mapped
  // at `memory_start`. Nothing when the file has no such segment.
  std::optional<uint64_t> bias(uint64_t memory_start, uint64_t file_offset) const;

  // A loaded segment holds the file's address.
  bool covers(uint64_t address) const;

  // Of the file itself: strip takes it away. What a dynamic program exports it has besides.
  bool has_symbol_table() const;

  const std::vector<std::string> &debug_directories() const { return debug_directories_; }
  Dwfl_Module *module() const { return module_; }

 private:
  std::string path_;
  std::vector<std::string> debug_directories_;
  std::string debug_path_;
  char *debug_path_pointer_;
  Dwfl_Callbacks callbacks_;
  Dwfl *dwfl_;
  Dwfl_Module *module_;
};

}  // namespace lockwrap::cli
