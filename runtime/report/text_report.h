// The text report that the program itself prints: LOCK WAITED COUNT MEAN MAX "WAITS IN" "HELD BY".
// Names come from the executable's symbol table if it is there; `lockwrap report` gives files, lines and inlined functions.
// Runs: at exit, on the dump signal, and when the program asks.
#pragma once

namespace lockwrap::report {

// Writes the report of all waits so far to `descriptor`. 0 or the errno value of the write that failed. One caller at a time
// (static buffers); otherwise signal-safe.
int write_text_report(int descriptor);

}  // namespace lockwrap::report
