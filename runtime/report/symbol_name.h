// Names as a report shows them: the common kinds of mangled C++ names taken apart, everything else as it is.
// Runs: when a text report is written.
#pragma once

#include "runtime/base/text.h"

namespace lockwrap::report {

// Adds `mangled` to `text`: A::B::c for plain nested names (also const members, constructors and destructors); names with
// templates or substitutions stay mangled, a demangler for them allocates.
// Source: the Itanium C++ ABI, 5.1.
void add_symbol_name(base::Text& text, const char* mangled);

// Whether a function only carries out locking for its caller: std::mutex, std::unique_lock, gthreads, jemalloc's mutex.
bool is_lock_plumbing(const char* mangled);

}  // namespace lockwrap::report
