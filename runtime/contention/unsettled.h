// What is in progress while a report is written: threads that wait now, waits whose lock is not released yet, and holds that
// others wait for. A hung program has nothing else to show.
// Runs: when a report is written.
#pragma once

#include <cstdint>

namespace lockwrap::contention {

// Sets `pending` of all places and pairs to what is in progress at now_ns. A wait that is settled while the report is being
// written may count twice: at most one a thread. One report at a time; signal-safe.
void collect_unsettled(uint64_t now_ns);

}  // namespace lockwrap::contention
