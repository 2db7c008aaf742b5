// Whether a program is wrapped, and what goes past: the answer of `lockwrap check`, before it is text or JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "check/dynamic_links.h"
#include "check/lockwrap_note.h"
#include "check/machine_code.h"
#include "check/program_file.h"
#include "check/program_functions.h"

namespace lockwrap::cli {

// kNotExamined: lockwrap is linked in, and nothing is known of the calls.
enum class Verdict { kWrapped, kPartly, kNotExamined, kNot };

// One of the functions that lockwrap wraps.
struct WrappedFunction {
  std::string family;
  std::string name;
  bool is_inner = false;
  bool is_resolved = true;     // `__real_NAME` goes to a function
  uint64_t calls = 0;          // in the program, to the wrapper
  uint64_t past_calls = 0;     // past it
};

// Calls of one function by another that go past lockwrap.
struct PastCall {
  std::string function;     // who calls: demangled; "" when the program has no name for it
  std::string source_file;  // "" when not known
  uint64_t start = 0;       // of the function; where not even that is known, of the call
  std::string called;       // "pthread_mutex_lock"
  std::vector<uint64_t> sites;
  bool takes_address = false;  // not a call: the address is taken, or lies in data
};

struct WrapCheck {
  Verdict verdict = Verdict::kNot;
  bool is_linked = false;
  std::string version;       // of lockwrap in the program
  std::string archive_libc;  // that it was built for
  std::string problem;       // why calls were not examined; "" when they were
  std::vector<WrappedFunction> functions;
  std::vector<PastCall> past;
  std::vector<std::string> excluded;  // archives that lockwrap_exclude has let go past
  uint64_t past_count = 0;      // sites in all of `past`
  uint64_t libc_calls = 0;      // of libc itself, in static programs
  uint64_t untold_calls = 0;    // libc's own or the program's: a stripped static program does not tell
};

// `note`: of this program; null when it has none.
WrapCheck check_wrap(const ProgramFile &file, const LockwrapNote *note, const DynamicLinks &links, const ProgramFunctions &functions,
                     MachineCode &code);

}  // namespace lockwrap::cli
