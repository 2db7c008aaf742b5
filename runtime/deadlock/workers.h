// Worker threads that promise to show themselves alive: one that does not within its limit is told, with what it does.
// Runs: when a worker speaks; and in threads that wait, or in the watching thread, which look after all workers.
#pragma once

#include <cstdint>

#include "runtime/locks/thread_record.h"

namespace lockwrap::deadlock {

// Of the calling thread. `name` is an index into names.
void begin_worker(locks::ThreadRecord& thread, uint32_t name, uint64_t limit_ns);
void show_worker_alive(locks::ThreadRecord& thread);
void end_worker(locks::ThreadRecord& thread);

// Whether there are any workers.
bool has_workers();

// A worker that is late.
struct LateWorker {
  locks::ThreadRecord* thread;
  uint32_t id;
  uint32_t name;
  uint64_t silent_ns;
  uint64_t limit_ns;
};
// Calls tell(worker) for each worker that is late and has not been told since it was last alive, whoever looks first.
void look_after_workers(void (*tell)(const LateWorker& worker));

}  // namespace lockwrap::deadlock
