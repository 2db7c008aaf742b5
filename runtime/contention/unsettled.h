// What is in progress while a report is written: threads that wait now, waits whose lock is not released yet, and holds that
// others wait for. A hung program has nothing else to show.
// Runs: when a report is written.
#pragma once

#include <cstdint>

#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

// Sets `pending` of all places and pairs to what is in progress at now_ns. A wait that is settled while the report is being
// written may count twice: at most one a thread. One report at a time; signal-safe.
void collect_unsettled(uint64_t now_ns);

// Of a thread that was ended in the middle of a wait, by an asynchronous cancellation or between lockwrap_waiting and its end: nobody waits there
// any more, and no holder is to blame. How long it waited nobody saw, so that it is not counted.
void forget_waits(locks::ThreadRecord& ended);

}  // namespace lockwrap::contention
