// The timeline in a profile: fields of lockwrap's own that other readers pass over. profile_format.md describes them.
// Runs: when a profile is written.
#pragma once

#include <cstdint>

#include "runtime/report/profile_sink.h"

namespace lockwrap::report {

// Nothing without timeline_kb. Events of now_ns or earlier, of the first `lock_count` locks. Adds to the profile's addresses.
void write_timeline(ProfileSink& sink, uint64_t now_ns, uint64_t lock_count);
// Events of threads for which there is no room, counted in the last write_timeline.
uint64_t timeline_refused();

}  // namespace lockwrap::report
