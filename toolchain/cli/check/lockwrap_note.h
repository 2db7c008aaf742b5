// lockwrap's own note in a program (wrap/wrapped_note.cpp has its layout): it is there, stripped or not, if and only if lockwrap is linked in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/program_file.h"

namespace lockwrap::cli {

struct WrappedName {
  std::string family;  // "mutex"
  std::string name;    // "pthread_mutex_lock"
  bool is_inner = false;  // only libc itself calls it
  uint64_t wrapper_jump = 0;  // where the table has the jump to the wrapper,
  uint64_t real_jump = 0;     // and to the real function
};

struct LockwrapNote {
  std::string version;
  std::string libc;  // that the archive was built for
  uint64_t code_begin = 0;
  uint64_t code_end = 0;
  std::vector<WrappedName> names;
  std::vector<std::string> excluded;  // archives whose calls lockwrap_exclude has sent past, each in a note of its own

  bool has_code(uint64_t address) const { return address >= code_begin && address < code_end; }
};

// Nothing when lockwrap is not linked in. CommandError: the note is damaged, or of a form that this command does not know.
std::optional<LockwrapNote> read_lockwrap_note(const ProgramFile &file);

}  // namespace lockwrap::cli
