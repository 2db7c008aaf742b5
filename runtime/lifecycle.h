// When lockwrap begins and ends: at the first lock call, which may come before main and inside malloc; in a forked child; at
// exit, at _exit, and on the dump signal.
// Runs: once at start, in slow calls of new threads, and when the process ends.
#pragma once

#include "runtime/base/text.h"
#include "runtime/locks/thread_record.h"

namespace lockwrap {

// The calling thread's record; begins lockwrap if nobody has, and the thread's record if it has none or was forked. Null:
// this call is not watched. Never blocks. Signal-safe.
LOCKWRAP_COLD locks::ThreadRecord* begin_thread();

inline locks::ThreadRecord* ready_thread() {
  locks::ThreadRecord* thread = locks::this_thread;
  if (LOCKWRAP_LIKELY(thread && thread->id.load(std::memory_order_relaxed))) return thread;
  return begin_thread();
}

// Whether locks are watched: begun, and neither switched off nor without memory.
bool is_watching();

// In the child of a fork: nothing that the parent knew. Needed where the kernel does not wipe, harmless elsewhere.
void begin_forked_child();

// Writes what the options ask for at the end of the process, once; not in a vfork child, and at _exit not in a forked
// child (which calls it to avoid its parent's exit handlers). Signal-safe.
void write_at_end(bool by_exit_handler);

// 0, or an errno value: EBUSY while another thread writes. `pattern` null: the option's.
int write_profile(const char* pattern);
int write_report(int descriptor);
int write_waits(int descriptor);  // who waits for whom now
// To `log`, in one write. Signal-safe.
void write_to_log(const base::Text& text);

}  // namespace lockwrap
