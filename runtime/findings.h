// What happens to a finding: told once a place, in one write, to `log`; then the program goes on, or is ended.
// Runs: when a rule has found something.
#pragma once

#include "runtime/locks/thread_record.h"
#include "runtime/misuse/finding.h"

namespace lockwrap {

// By the thread that makes the call, in that call. Does not return with on_misuse=abort. Keeps errno. Signal-safe.
void tell(locks::ThreadRecord& thread, const misuse::Finding& finding);
// The same of a finding that no call of this thread has made: without a stack.
void tell_of_other(const misuse::Finding& finding);

}  // namespace lockwrap
