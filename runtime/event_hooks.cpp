// The hooks of waits for events, and of the end of a condition wait.
#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/contention/events.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/settlement.h"
#include "runtime/hooks.h"
#include "runtime/lifecycle.h"
#include "runtime/stack/walk.h"

namespace lockwrap::hooks {

using locks::ThreadRecord;

void event_begins(const volatile void* event, LockKind kind, uintptr_t site, WaitForm form, uintptr_t waits_for) {
  ThreadRecord* thread = ready_thread();
  if (!thread || thread->pause_depth) return;
  if (thread->busy) return void(contention::dropped().nested.fetch_add(1, std::memory_order_relaxed));
  thread->busy = true;
  const bool is_counted =
      base::options.profile && contention::begin_event(*thread, reinterpret_cast<uintptr_t>(event), kind, site);
  if (kind == LockKind::kJoin || kind == LockKind::kOnce) {  // the others' stacks are sampled
    contention::make_room_for_frames(*thread);
    stack::update_stack(site, thread->stack);
  }
  const uint64_t since_ns = is_counted ? thread->event.since_ns.load(std::memory_order_relaxed) : base::monotonic_ns();
  if (thread->published.begin(wait_of(*thread, waits_for, kind, site, form, since_ns))) thread->event.is_published = true;
  thread->busy = false;
}

void event_ended() {
  ThreadRecord* thread = locks::this_thread;
  if (!thread) return;
  thread->condition_mutex.mutex.store(0, std::memory_order_relaxed);
  if (thread->event.is_published) {
    thread->event.is_published = false;
    thread->published.end();
  }
  if (!thread->event.place.load(std::memory_order_relaxed)) return;
  const bool busy = thread->busy;
  thread->busy = true;
  contention::end_event(*thread);
  thread->busy = busy;
}

void woken(const volatile void* event, LockKind kind, uintptr_t site) {
  if (ready_thread()) contention::wake(reinterpret_cast<uintptr_t>(event), kind, site);
}

uintptr_t site_of_relock(const pthread_mutex_t* mutex) {
  ThreadRecord* thread = locks::this_thread;
  if (!thread || thread->given_up.mutex != held_mutex(mutex)) return 0;
  const bool taken = locks::mutex_is_usual(mutex) ? locks::mutex_is_locked(mutex) : is_taken(mutex);
  if (!taken) return 0;
  thread->given_up.mutex = 0;
  return thread->given_up.site;
}

void reacquired(const Release& release, const pthread_mutex_t* mutex, uintptr_t site) {
  if (!release.thread || release.thread->given_up.mutex != held_mutex(mutex)) return;
  release.thread->given_up.mutex = 0;
  acquired(held_mutex(mutex), LockKind::kMutex, site, Taken::kLocked);
}

}  // namespace lockwrap::hooks
