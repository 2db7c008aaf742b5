// What else `lockwrap check` tells of a program: how it is linked, which libc and which malloc are in it, how its stacks can be walked.
#pragma once

#include <string>
#include <vector>

#include "check/dynamic_links.h"
#include "check/machine_code.h"
#include "check/program_file.h"
#include "check/program_functions.h"

namespace lockwrap::cli {

struct ProgramFacts {
  std::string architecture;    // "x86-64"
  std::string link_kind;       // "static", "static-pie", "dynamic (PIE)", "dynamic (no PIE)", "shared library"
  std::string libc;            // "glibc", "musl"; "" when not known
  std::string libc_version;    // "2.36"; "" when not known
  bool is_lowest_version = false;  // of a dynamic program: the lowest that it runs with
  std::string malloc;          // "jemalloc", "mimalloc", "tcmalloc", "glibc", "musl", a sanitizer's; "" when not known
  std::string malloc_version;  // "" when not known
  std::string unused_malloc;   // an allocator that is linked in, whose malloc is not the program's
  std::vector<std::string> outside;  // shared libraries whose locks are not seen: all but libc's own
  bool may_load_more = false;  // calls dlopen
  bool may_look_up = false;    // calls dlsym or dlvsym
  std::vector<std::string> unseen_locks;  // kinds of locks that never call pthread
  bool is_stripped = false;
  std::string build_id;
  bool walks_by_unwind_tables = true;  // lockwrap's walk of stacks in this program
  bool has_unwind_tables = false;
  bool has_unwind_index = false;
  uint64_t functions_sampled = 0;  // 0: frame pointers were not looked for
  uint64_t functions_with_frame_pointer = 0;
};

// `libc_of_archive`: what lockwrap's note says, "" without one; believed where the program itself shows nothing.
ProgramFacts read_program_facts(const ProgramFile &file, const DynamicLinks &links, const ProgramFunctions &functions, MachineCode &code,
                                const std::string &libc_of_archive);

}  // namespace lockwrap::cli
