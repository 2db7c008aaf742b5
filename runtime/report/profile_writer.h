// Writes the contention profile as profile_format.md says: pprof's profile.proto in a gzip file.
// Runs: at exit, on the dump signal, and when the program asks.
#pragma once

namespace lockwrap::report {

// Writes the whole profile to `descriptor`. 0 or the errno value of the first write that failed. One caller at a time
// (static buffers); otherwise signal-safe.
int write_profile(int descriptor);

}  // namespace lockwrap::report
