// What happens to a finding: told once a place, in one write, to `log` and to the program's own handler; then the program goes on, or is
// ended.
// Runs: when something has been found.
#pragma once

#include <cstdint>

#include "runtime/base/text.h"
#include "runtime/locks/thread_record.h"
#include "runtime/misuse/finding.h"

namespace lockwrap {

enum class FindingKind : uint8_t { kDeadlock, kLockOrder, kStuck, kMisuse, kHeldInCall };
constexpr size_t kFindingKinds = 5;

// Writes the finding `what` into `text`: a first line "lockwrap: KIND: ...", indented lines, an empty line.
using AddFinding = void (*)(base::Text& text, const void* what);

// Does not return where an option ends the program. Keeps errno. Signal-safe.
void tell(FindingKind kind, AddFinding add_finding, const void* what);

// A misuse, by the thread that makes the call, in that call; told if it is new.
void tell_misuse(locks::ThreadRecord& thread, const misuse::Finding& finding);
// The same of a finding that no call of this thread has made: without a stack.
void tell_misuse_of_other(const misuse::Finding& finding);

// The program's own function, which is given each finding after it was written. Null: none.
using FindingHandler = void (*)(const char* kind, const char* text, void* context);
void set_finding_handler(FindingHandler handler, void* context);

// Whoever told something when this process was forked is not in it.
void forget_tellers();

}  // namespace lockwrap
