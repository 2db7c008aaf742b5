// When which thread waited for which lock, one by one: the newest waits and holds of each thread in a ring of its own, for a picture of
// them over time. Kept only with timeline_kb.
//
// A wait is noted before it blocks, whole, and its end with two stores when it is over: nothing else is done inside somebody's critical
// section, and a program that hangs shows what it hangs on. A hold that made others wait is noted after its release, when the profile
// counts it. Waits for events (contention/events.h) are idling and are not here; nor are locks that nobody waited for, which nobody sees.
// Each slot of the thread pool has a ring, of which nothing is used before its thread waits for the first time. The next thread with
// the slot goes on in the same ring, so what is left of a thread that has ended stays until it is overwritten. Every event says whose it is.
// Written by the thread itself, read by the report in progress: an event that is overwritten meanwhile is left out (the sequence check of
// locks/published_wait.h). The memory is wiped in a forked child.
// Runs: inside contended calls, and when a profile is written.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runtime/locks/lock_record.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap::contention {

enum class EventKind : uint16_t { kWait = 1, kHold = 2 };
// How a wait ended. kNoWait: with an error, as one that is not counted.
enum class WaitOutcome : uint16_t { kGoesOn, kAcquired, kGivenUp, kNoWait };

struct TimelineEvent {
  EventKind kind;
  bool is_reader;
  WaitOutcome outcome;    // of a wait
  uint32_t thread;        // kernel thread id
  uint32_t thread_name;   // index into names, 0: not known
  uint32_t lock;          // index of its record
  uint32_t stack;         // of a wait; 0: no room for it
  uintptr_t site;         // the call that waited, or took the lock
  uint64_t begin_ns;      // monotonic; of a hold 0: it began before anybody waited, and nobody looked at a clock
  uint64_t end_ns;        // of a wait that goes on 0; of a hold when it was about to be released
  uint32_t holder;        // who had the lock when the wait began: kernel thread id, 0: not known
  uintptr_t holder_site;  // the call that took it, 0: not known
};

// The option is in force. Set once, at start.
extern constinit bool timeline_kept;

// After the thread pool was mapped. False: no memory, and nothing is kept.
bool keep_timeline(uint64_t kib_a_thread);
// In a forked child on a kernel that does not wipe.
void wipe_timeline();

// The calling thread is about to wait for the lock, an address with flags as in held entries; its stack has just been taken. The number of
// the event in its ring; 0: there is none.
uint64_t note_wait(locks::ThreadRecord& thread, const locks::LockRecord& record, uintptr_t lock, uintptr_t site, uint64_t begin_ns);
// Two stores. Does nothing if the event has been overwritten by waits within this one.
void note_wait_end(const locks::ThreadRecord& thread, uint64_t event, uint64_t end_ns, WaitOutcome outcome);
// The number of a wait within which the thread may wait for other locks; 0: none. Kept for the thread.
void keep_outer_event(const locks::ThreadRecord& thread, uint64_t event);
uint64_t outer_event(const locks::ThreadRecord& thread);

struct HoldTimes {
  uint64_t begin_ns;  // 0: not known
  uint64_t end_ns;
};
// The hold of `settlement` has made others wait, and is settled.
void note_hold(locks::ThreadRecord& thread, const locks::Settlement& settlement, HoldTimes times);
// The same of a settlement that is deferred: first the times, and the hold when it is settled.
void keep_hold_times(const locks::ThreadRecord& thread, HoldTimes times);
void note_deferred_hold(locks::ThreadRecord& thread);

struct TimelineCounts {
  uint64_t overwritten;  // since the process began
  uint64_t refused;      // no ring for the thread
};

// Visits all events, in the order of each thread's. One report at a time; signal-safe.
using VisitEvent = void (*)(void* context, const TimelineEvent& event);
TimelineCounts for_each_timeline_event(VisitEvent visit, void* context);
uint32_t events_of_ring();

}  // namespace lockwrap::contention
