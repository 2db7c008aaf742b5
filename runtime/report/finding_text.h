// A finding as text: one line that says it all, then the facts, indented: the lock, both calls, the stack, what to do. An empty line
// ends it.
// Runs: when something was found.
#pragma once

#include "runtime/base/text.h"
#include "runtime/misuse/finding.h"
#include "runtime/stack/walk.h"

namespace lockwrap::report {

// `stack` is that of the call that the finding is about. Signal-safe.
void add_finding(base::Text& text, const misuse::Finding& finding, const stack::LastStack& stack);

}  // namespace lockwrap::report
