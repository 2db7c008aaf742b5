#include "runtime/deadlock/holders.h"

#include "runtime/base/own_memory.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/locks/rwlock_words.h"

namespace lockwrap::deadlock {

using locks::HeldDetail;
using locks::HeldEntry;
using locks::LockKind;
using locks::ThreadRecord;
using locks::WaitSeen;

namespace {

struct Found {
  Holder* holders;
  size_t count;
  size_t entries;  // of held lists; a thread that holds a lock twice has two
};

// Taken after the thread's present wait began: by a signal handler, or within the wait for a lock of the program's own. That will be
// given back whatever the wait does.
bool is_newer_than_wait(ThreadRecord& thread, uintptr_t address) {
  WaitSeen wait;
  if (!thread.published.read(wait)) return false;
  const size_t older = locks::count_older(thread, address);
  return older != locks::kNotHeld && older >= wait.held;
}

bool add(Found& found, ThreadRecord* thread, uintptr_t site, bool is_reader) {
  if (!thread || found.count == kMostHolders) return false;
  found.holders[found.count++] = {thread, site, is_reader};
  return true;
}

// Every thread that has the lock in its held list. False: too many.
struct ListSearch {
  Found& found;
  uintptr_t address;
  bool is_mutex;  // entries of mutexes that stood at the address before may be left over
  ThreadRecord* thread;
  bool is_complete;
};

void visit_entry(void* context, const HeldEntry& entry, const HeldDetail&) {
  auto& search = *static_cast<ListSearch*>(context);
  if ((entry.lock & ~locks::kHeldFlags) != search.address || !(entry.lock & locks::kNoMutex) != search.is_mutex) return;
  ++search.found.entries;
  Found& found = search.found;
  if (found.count && found.holders[found.count - 1].thread == search.thread) return;
  if (!add(found, search.thread, entry.site, entry.lock & locks::kShared)) search.is_complete = false;
}

bool find_in_lists(Found& found, uintptr_t address, bool is_mutex) {
  ListSearch search{found, address, is_mutex, nullptr, true};
  locks::for_each_thread(
      [](void* context, ThreadRecord& thread) {
        auto& all = *static_cast<ListSearch*>(context);
        all.thread = &thread;
        locks::for_each_held(thread, visit_entry, &all);
      },
      &search);
  return search.is_complete;
}

void find_only_holder(Found& found, uintptr_t address, bool is_mutex) {
  // More than one: some entry was left over by a lock that another thread released.
  if (!find_in_lists(found, address, is_mutex) || found.count != 1 || is_newer_than_wait(*found.holders[0].thread, address)) found.count = 0;
}

void find_owner(Found& found, uint32_t owner, uintptr_t address) {
  ThreadRecord* thread = locks::find_thread(owner);
  if (thread && !is_newer_than_wait(*thread, address)) add(found, thread, locks::site_of_hold(*thread, address), false);
}

void find_mutex_holder(Found& found, uintptr_t address) {
  if (!locks::kMutexHasOwner) return find_only_holder(found, address, true);
  pthread_mutex_t copy;
  if (!base::read_memory_in_use(address, &copy, sizeof copy) || !locks::mutex_is_locked(&copy)) return;
  find_owner(found, locks::mutex_owner(&copy), address);
}

void find_waiting_writers(Found& found, uintptr_t address) {
  struct WriterSearch {
    Found& found;
    uintptr_t address;
  } search{found, address};
  locks::for_each_thread(
      [](void* context, ThreadRecord& thread) {
        auto& wanted = *static_cast<WriterSearch*>(context);
        WaitSeen wait;
        if (!thread.published.read(wait) || wait.kind != LockKind::kRwlock || wait.lock & locks::kShared || wait.is_timed) return;
        if ((wait.lock & ~locks::kHeldFlags) == wanted.address) add(wanted.found, &thread, 0, false);
      },
      &search);
}

// A reader that waits has a writer before it, which has the lock, or waits for it where libc lets no reader pass. A writer waits for the
// writer, or for all readers; they are certain only when the lists know as many of them as libc.
void find_rwlock_holders(Found& found, uintptr_t address, bool is_reader) {
  pthread_rwlock_t copy;
  if (!locks::kRwlockNotesKnown || !base::read_memory_in_use(address, &copy, sizeof copy) || !locks::rwlock_is_usual(&copy)) return;
  if (const uint32_t writer = locks::rwlock_writer(&copy)) return find_owner(found, writer, address);
  const uint32_t readers = locks::rwlock_readers(&copy);
  if (!readers && locks::kRwlockHasOwner) return;
  if (is_reader && readers) {
    if (locks::rwlock_prefers_writers(&copy)) find_waiting_writers(found, address);
    return;
  }
  if (!find_in_lists(found, address, false)) found.count = 0;
  for (size_t i = 0; i < found.count; ++i) {
    if (is_newer_than_wait(*found.holders[i].thread, address)) found.count = 0;
  }
  const bool agree = readers ? found.entries == readers : found.entries == 1 && !found.holders[0].is_reader;
  if (!agree) found.count = 0;
}

// The thread that runs the initialiser: it has a node of its own for that in its stack, above its present wait.
void find_initialiser(Found& found, uintptr_t control) {
  struct OnceSearch {
    Found& found;
    uintptr_t control;
  } search{found, control};
  locks::for_each_thread(
      [](void* context, ThreadRecord& thread) {
        auto& wanted = *static_cast<OnceSearch*>(context);
        WaitSeen wait;
        const locks::Initialisation* node = thread.initialising.load(std::memory_order_acquire);
        if (!node || !thread.published.read(wait)) return;
        constexpr int kMostNested = 8;
        uintptr_t inner = wait.frame;
        for (int depth = 0; node && depth < kMostNested; ++depth) {
          locks::Initialisation copy;
          if (reinterpret_cast<uintptr_t>(node) <= inner || !base::read_memory_in_use(reinterpret_cast<uintptr_t>(node), &copy, sizeof copy)) return;
          if (reinterpret_cast<uintptr_t>(copy.control) == wanted.control) {
            add(wanted.found, &thread, 0, false);
            return;
          }
          inner = reinterpret_cast<uintptr_t>(node);
          node = copy.outer;
        }
      },
      &search);
  if (found.count != 1) found.count = 0;  // an initialiser that was left by an exception may leave its node behind
}

}  // namespace

size_t find_holders(const WaitSeen& wait, Holder (&holders)[kMostHolders]) {
  Found found{holders, 0, 0};
  const uintptr_t address = wait.lock & ~locks::kHeldFlags;
  switch (wait.kind) {
    case LockKind::kMutex: find_mutex_holder(found, address); break;
    case LockKind::kRwlock: find_rwlock_holders(found, address, wait.lock & locks::kShared); break;
    case LockKind::kSpin: case LockKind::kCustom: find_only_holder(found, address, false); break;
    case LockKind::kJoin:
      if (ThreadRecord* joined = locks::find_thread_by_handle(wait.lock)) add(found, joined, 0, false);
      break;
    case LockKind::kOnce: find_initialiser(found, wait.lock); break;
    case LockKind::kUnknown: case LockKind::kCondition: case LockKind::kSemaphore: case LockKind::kBarrier: break;  // nobody holds them
  }
  return found.count;
}

}  // namespace lockwrap::deadlock
