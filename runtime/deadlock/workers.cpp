#include "runtime/deadlock/workers.h"

#include "runtime/base/clock.h"
#include "runtime/deadlock/patience.h"

namespace lockwrap::deadlock {

using locks::ThreadRecord;
using locks::WorkerState;

namespace {

constinit std::atomic<uint32_t> worker_count;  // a hint; threads that ended as workers stay in it

// Seen late before, and not alive since, though it had the time: after the whole process was stopped all workers are late at first.
bool is_still_late(WorkerState& worker, uint64_t now_ns) {
  constexpr uint32_t kTimeToShowMs = 40;
  constexpr uint32_t kForgottenMs = 10'000;  // whoever looks so late was stopped as well
  const uint32_t now_ms = static_cast<uint32_t>(now_ns / 1'000'000) | 1;
  const uint32_t seen_ms = worker.late_ms.load(std::memory_order_relaxed);
  const uint32_t passed_ms = now_ms - seen_ms;
  if (seen_ms && passed_ms < kTimeToShowMs) return false;
  worker.late_ms.store(now_ms, std::memory_order_relaxed);
  return seen_ms && passed_ms < kForgottenMs;
}

void visit(void* context, ThreadRecord& thread) {
  auto* const tell = reinterpret_cast<void (*)(const LateWorker&)>(context);
  WorkerState& worker = thread.worker;
  const uint64_t limit_ns = worker.limit_ns.load(std::memory_order_acquire);
  uint64_t alive_ns = worker.alive_ns.load(std::memory_order_relaxed);
  const uint64_t now_ns = base::monotonic_ns();
  if (!limit_ns || !alive_ns || now_ns < alive_ns + limit_ns) return;
  const uint32_t id = thread.id.load(std::memory_order_relaxed);
  if (locks::is_gone(id)) return;
  const ThreadState state = state_of_thread(id);
  if (state.code == 'T' || state.code == 't') return;  // stopped: by somebody who knows
  if (!is_still_late(worker, now_ns)) return;
  const LateWorker late{&thread, id, worker.name, now_ns - alive_ns, limit_ns};
  // 0 until it is alive again: who changes it tells.
  if (worker.alive_ns.compare_exchange_strong(alive_ns, 0, std::memory_order_relaxed)) tell(late);
}

}  // namespace

void begin_worker(ThreadRecord& thread, uint32_t name, uint64_t limit_ns) {
  if (!thread.worker.limit_ns.load(std::memory_order_relaxed)) worker_count.fetch_add(1, std::memory_order_relaxed);
  thread.worker.name = name;
  thread.worker.late_ms.store(0, std::memory_order_relaxed);
  thread.worker.alive_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
  thread.worker.limit_ns.store(limit_ns, std::memory_order_release);  // pairs with visit
}

void show_worker_alive(ThreadRecord& thread) {
  if (!thread.worker.limit_ns.load(std::memory_order_relaxed)) return;
  thread.worker.late_ms.store(0, std::memory_order_relaxed);
  thread.worker.alive_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
}

void end_worker(ThreadRecord& thread) {
  if (thread.worker.limit_ns.exchange(0, std::memory_order_relaxed)) worker_count.fetch_sub(1, std::memory_order_relaxed);
}

bool has_workers() { return worker_count.load(std::memory_order_relaxed) != 0; }

void look_after_workers(void (*tell)(const LateWorker& worker)) { locks::for_each_thread(visit, reinterpret_cast<void*>(tell)); }

}  // namespace lockwrap::deadlock
