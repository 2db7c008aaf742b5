#include "runtime/misuse/rules.h"

#include "runtime/base/own_memory.h"
#include "runtime/locks/fork_snapshot.h"
#include "runtime/locks/noted_owner.h"

namespace lockwrap::misuse {

using locks::HeldDetail;
using locks::HeldEntry;
using locks::HeldRef;
using locks::LockKind;
using locks::LockRecord;
using locks::ThreadRecord;

namespace {

uint32_t id_of(const ThreadRecord& thread) { return thread.id.load(std::memory_order_relaxed); }

Finding make(Misuse kind, const void* lock, uintptr_t site, uint32_t thread_id) {
  Finding finding;
  finding.kind = kind;
  finding.lock = reinterpret_cast<uintptr_t>(lock);
  finding.site = site;
  finding.thread_id = thread_id;
  return finding;
}

Finding make(Misuse kind, const void* lock, uintptr_t site, const ThreadRecord& thread) { return make(kind, lock, site, id_of(thread)); }

void set_owner(Finding& finding, uint32_t owner) {
  finding.owner_id = owner;
  ThreadRecord* thread = locks::find_thread(owner);
  if (!thread) return;
  finding.owner = thread;
  const uintptr_t site = locks::site_of_hold(*thread, finding.lock);
  if (locks::noted_owner(finding.lock_kind, finding.lock) == owner) finding.owner_site = site;  // else it may be another lock's by now
}

void set_owner(Finding& finding, const ThreadRecord& owner, uintptr_t site) {
  finding.owner_id = id_of(owner);
  finding.owner = &owner;
  finding.owner_site = site;
}

// A thread other than this one, which exists.
bool is_other_thread(const ThreadRecord& thread, uint32_t owner) { return owner && owner != id_of(thread) && !locks::is_gone(owner); }

// Of a forked process that does not know what its parent's threads held: the owner may be one of them, and live on there.
bool is_of_unknown_process(uint32_t owner) { return locks::is_snapshot_lost() && !locks::find_thread(owner); }

// The mutex's owner is no thread of this process, and cannot be: seen before and after the kernel was asked.
bool has_lost_owner(const pthread_mutex_t* mutex, uint32_t owner) {
  return locks::is_gone(owner) && locks::mutex_owner(mutex) == owner && locks::mutex_is_locked(mutex);
}

// Whether libc says that the thread has the mutex of the entry. Read by the kernel: the memory may be gone.
bool owns_mutex_of(const ThreadRecord& thread, const HeldEntry& entry) {
  const uintptr_t lock = entry.lock & ~locks::kHeldFlags;
  uint32_t owner = 0;
  if (!lock || !locks::kMutexHasOwner) return false;
  return base::copy_own_memory(lock + locks::kMutexOwnerOffset, &owner, sizeof owner) == base::Copied::kYes && owner == id_of(thread);
}

bool is_in_this_process(const pthread_mutex_t* mutex) { return locks::kMutexHasOwner && locks::mutex_is_usual(mutex); }

}  // namespace

Finding check_wait(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  if (!is_in_this_process(mutex) || !locks::mutex_is_unchecked(mutex)) return {};
  const uint32_t owner = locks::mutex_owner(mutex);
  if (owner != id_of(thread)) return {};
  const HeldRef held = locks::find_held(thread, reinterpret_cast<uintptr_t>(mutex));
  if (!held.entry) return {};
  Finding finding = make(Misuse::kRelock, mutex, site, thread);
  set_owner(finding, thread, held.entry->site);
  return finding;
}

Finding check_ended(const ThreadRecord& ended) {
  struct Search {
    const ThreadRecord& ended;
    uint32_t id;
    Finding finding;
  } search{ended, id_of(ended), {}};
  if (!locks::kMutexHasOwner || !search.id) return {};
  locks::for_each_held(
      ended,
      [](void* context, const HeldEntry& entry, const HeldDetail&) {
        auto* wanted = static_cast<Search*>(context);
        if (!entry.lock || entry.lock & locks::kNoMutex || wanted->finding) return;
        // An entry may be left over from an earlier hold, and the memory be gone: the kernel copies what is there now.
        const uintptr_t lock = entry.lock & ~locks::kHeldFlags;
        pthread_mutex_t copy;
        if (base::copy_own_memory(lock, &copy, sizeof copy) != base::Copied::kYes) return;
        if (!locks::mutex_looks_held_by(&copy, wanted->id)) return;
        wanted->finding = make(Misuse::kHeldAtEnd, reinterpret_cast<void*>(lock), 0, wanted->id);
        set_owner(wanted->finding, wanted->ended, entry.site);
      },
      &search);
  return search.finding && locks::is_gone(search.id) ? search.finding : Finding();
}

Finding check_long_wait(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  if (!is_in_this_process(mutex)) return {};
  const uint32_t owner = locks::mutex_owner(mutex);
  if (!owner || owner == id_of(thread) || !has_lost_owner(mutex, owner)) return {};
  const locks::HeldAtFork* before = locks::find_held_at_fork(reinterpret_cast<uintptr_t>(mutex), owner);
  const bool at_fork = before || owner == locks::forking_thread();
  if (!at_fork && is_of_unknown_process(owner)) return {};
  Finding finding = make(at_fork ? Misuse::kHeldAtFork : Misuse::kOwnerGone, mutex, site, thread);
  set_owner(finding, owner);
  if (before) finding.owner_site = before->site;
  return finding;
}

Finding check_long_wait(ThreadRecord& thread, const pthread_rwlock_t* lock, bool is_reader, uintptr_t site) {
  if (!locks::kRwlockHasOwner || !locks::rwlock_is_usual(lock)) return {};
  Finding finding = make(Misuse::kOwnerGone, lock, site, thread);
  finding.lock_kind = LockKind::kRwlock;
  const uint32_t writer = locks::rwlock_writer(lock);
  if (writer) {
    if (writer == id_of(thread) || !locks::is_gone(writer) || locks::rwlock_writer(lock) != writer) return {};
    const locks::HeldAtFork* before = locks::find_held_at_fork(finding.lock, writer);
    if (before || writer == locks::forking_thread()) finding.kind = Misuse::kHeldAtFork;
    else if (is_of_unknown_process(writer)) return {};
    set_owner(finding, writer);
    if (before) finding.owner_site = before->site;
    return finding;
  }
  if (is_reader || !locks::rwlock_readers(lock)) return {};
  // libc does not know its readers; one that has ended with the lock in its list does: entries of such locks are never left over.
  locks::for_each_thread(
      [](void* context, ThreadRecord& other) {
        auto* found = static_cast<Finding*>(context);
        const uint32_t id = id_of(other);
        const uintptr_t held_by = id == found->thread_id ? 0 : locks::site_of_read(other, found->lock);
        if (!held_by || !locks::is_gone(id)) return;
        set_owner(*found, other, held_by);
        found->is_reader = true;
      },
      &finding);
  return finding.owner_id && locks::rwlock_readers(lock) ? finding : Finding();
}

Finding check_write_wait(ThreadRecord& thread, const pthread_rwlock_t* lock, uintptr_t site) {
  if (!locks::kRwlockNotesKnown || !locks::rwlock_is_usual(lock)) return {};
  const HeldRef held = locks::find_held(thread, reinterpret_cast<uintptr_t>(lock));
  if (!held.entry || !(held.entry->lock & locks::kShared) || !locks::rwlock_readers(lock)) return {};
  Finding finding = make(Misuse::kUpgrade, lock, site, thread);
  finding.lock_kind = LockKind::kRwlock;
  set_owner(finding, thread, held.entry->site);
  finding.is_reader = true;
  return finding;
}

Finding check_unlock(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  if (!is_in_this_process(mutex) || !locks::mutex_is_unchecked(mutex)) return {};
  const uint32_t owner = locks::mutex_owner(mutex);
  if (!owner && !locks::mutex_is_locked(mutex)) return make(Misuse::kUnlockOfFree, mutex, site, thread);
  if (!is_other_thread(thread, owner)) return {};
  Finding finding = make(Misuse::kUnlockByStranger, mutex, site, thread);
  set_owner(finding, owner);
  return finding;
}

Finding check_refused_destroy(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  if (!is_in_this_process(mutex)) return {};
  const uint32_t owner = locks::mutex_owner(mutex);
  if (owner == id_of(thread) || is_other_thread(thread, owner)) {
    Finding finding = make(Misuse::kDestroyHeld, mutex, site, thread);
    set_owner(finding, owner);
    return finding;
  }
  if (owner) return {};
  struct Search {
    uintptr_t mutex;
    uint32_t id;
    uintptr_t site;
  } search{reinterpret_cast<uintptr_t>(mutex), 0, 0};
  locks::for_each_thread(
      [](void* context, ThreadRecord& other) {
        auto* wanted = static_cast<Search*>(context);
        if (other.condition_mutex.mutex.load(std::memory_order_relaxed) != wanted->mutex) return;
        if (locks::is_gone(id_of(other))) return;
        wanted->id = id_of(other);
        wanted->site = other.condition_mutex.site.load(std::memory_order_relaxed);
      },
      &search);
  if (!search.id) return {};
  Finding finding = make(Misuse::kDestroyWaitedWith, mutex, site, thread);
  finding.owner_id = search.id;
  finding.owner_site = search.site;
  return finding;
}

Finding check_destroy(ThreadRecord& thread, const pthread_rwlock_t* lock, uintptr_t site) {
  if (!locks::kRwlockNotesKnown || !locks::rwlock_is_usual(lock)) return {};
  Finding finding = make(Misuse::kDestroyHeld, lock, site, thread);
  finding.lock_kind = LockKind::kRwlock;
  const uint32_t writer = locks::rwlock_writer(lock);
  if (writer) {
    if (writer != id_of(thread) && !is_other_thread(thread, writer)) return {};
    set_owner(finding, writer);
    return finding;
  }
  if (!locks::rwlock_readers(lock)) return {};
  // libc does not know its readers; a thread that has it in its list does, and entries of such locks are never left over.
  locks::for_each_thread(
      [](void* context, ThreadRecord& other) {
        auto* found = static_cast<Finding*>(context);
        const uintptr_t held_by = locks::site_of_read(other, found->lock);
        if (!held_by || locks::is_gone(id_of(other))) return;
        set_owner(*found, other, held_by);
        found->is_reader = true;
      },
      &finding);
  return finding.owner_id ? finding : Finding();
}

Finding check_init(ThreadRecord& thread, const pthread_mutex_t* mutex, uintptr_t site) {
  // The memory may be anything; only if it looks like a held mutex, and its owner says so, too, it is one.
  if (!is_in_this_process(mutex) || !locks::mutex_is_locked(mutex)) return {};
  const uint32_t owner = locks::mutex_owner(mutex);
  if (!owner || (owner != id_of(thread) && !is_other_thread(thread, owner))) return {};
  Finding finding = make(Misuse::kInitHeld, mutex, site, thread);
  set_owner(finding, owner);
  return finding.owner_site ? finding : Finding();
}

Finding check_exec(ThreadRecord& thread, uintptr_t site) {
  struct Search {
    ThreadRecord& thread;
    Finding finding;
  } search{thread, make(Misuse::kHeldAtExec, nullptr, site, thread)};
  locks::for_each_own_held(
      thread,
      [](void* context, const HeldEntry& entry, const HeldDetail&) {
        auto* wanted = static_cast<Search*>(context);
        if (wanted->finding.lock || entry.lock & locks::kNoMutex || !owns_mutex_of(wanted->thread, entry)) return;
        wanted->finding.lock = entry.lock & ~locks::kHeldFlags;
        set_owner(wanted->finding, wanted->thread, entry.site);
      },
      &search);
  return search.finding.lock ? search.finding : Finding();
}

Finding check_call(ThreadRecord& thread, const char* call, uintptr_t site, HeldLocks& held) {
  struct Search {
    ThreadRecord& thread;
    HeldLocks& held;
  } search{thread, held};
  locks::for_each_own_held(
      thread,
      [](void* context, const HeldEntry& entry, const HeldDetail& detail) {
        auto* wanted = static_cast<Search*>(context);
        HeldLocks& found = wanted->held;
        const uintptr_t lock = entry.lock & ~locks::kHeldFlags;
        if (!lock) return;
        for (uint32_t i = 0; i < found.count && i < HeldLocks::kMost; ++i) {
          if (found.locks[i].lock == lock) return;  // a further level of it
        }
        const bool is_mutex = !(entry.lock & locks::kNoMutex);
        if (is_mutex && !owns_mutex_of(wanted->thread, entry)) return;
        if (found.count++ >= HeldLocks::kMost) return;
        const bool is_reader = entry.lock & locks::kShared;
        found.locks[found.count - 1] = {lock, entry.site, locks::kind_of(entry, detail), is_reader};
      },
      &search);
  if (!held.count) return {};
  Finding finding = make(Misuse::kHeldInCall, reinterpret_cast<const void*>(held.locks[0].lock), site, thread);
  finding.lock_kind = held.locks[0].kind;
  finding.owner = &thread;
  finding.owner_site = held.locks[0].site;
  finding.call = call;
  finding.held = &held;
  return finding;
}

Finding check_condition_mutex(ThreadRecord& thread, const pthread_mutex_t* mutex, const void* condition, uintptr_t site) {
  Finding finding = check_unlock(thread, mutex, site);
  if (!finding) return finding;
  finding.kind = Misuse::kWaitWithoutMutex;
  finding.condition = reinterpret_cast<uintptr_t>(condition);
  return finding;
}

// POSIX binds a condition to the mutex of its waiters until the last of them is unblocked. A waiter that may have been woken without
// its being seen (its time may be over, a library may have signalled) proves nothing; nor does one that was woken and does
// not run yet.
Finding check_condition(ThreadRecord& thread, const pthread_mutex_t* mutex, const void* condition, bool is_timed,
                        bool may_be_woken_unseen, uintptr_t site) {
  const auto address = reinterpret_cast<uintptr_t>(mutex);
  const auto object = reinterpret_cast<uintptr_t>(condition);
  LockRecord* record = locks::find_record({object, nullptr, 0, LockKind::kCondition});
  const bool is_own_record = record && record->shown_address == object;
  thread.condition_mutex.condition.store(object, std::memory_order_relaxed);
  thread.condition_mutex.site.store(site, std::memory_order_relaxed);
  thread.condition_mutex.wakings.store(is_own_record ? record->wakings.load(std::memory_order_relaxed) : 0, std::memory_order_relaxed);
  // Without a record of the condition's own nobody knows how often its waiters were woken: such a wait is no witness.
  thread.condition_mutex.is_timed.store(is_timed || !is_own_record, std::memory_order_relaxed);
  thread.condition_mutex.mutex.store(address, std::memory_order_release);  // pairs with the acquire below
  if (!is_own_record) return {};
  if (record->last_mutex.load(std::memory_order_relaxed) == address) return {};
  const uintptr_t last_mutex = record->last_mutex.exchange(address, std::memory_order_relaxed);
  if (!last_mutex || last_mutex == address || may_be_woken_unseen) return {};
  struct Search {
    const LockRecord* record;
    uintptr_t condition;
    uintptr_t mutex;
    Finding finding;
  } search{record, object, address, make(Misuse::kWaitWithTwoMutexes, mutex, site, thread)};
  locks::for_each_thread(
      [](void* context, ThreadRecord& other) {
        auto* wanted = static_cast<Search*>(context);
        const uintptr_t its_mutex = other.condition_mutex.mutex.load(std::memory_order_acquire);
        if (!its_mutex || its_mutex == wanted->mutex || &other == locks::this_thread) return;
        if (other.condition_mutex.is_timed.load(std::memory_order_relaxed)) return;
        if (other.condition_mutex.condition.load(std::memory_order_relaxed) != wanted->condition) return;
        if (locks::is_gone(id_of(other))) return;
        const uint32_t wakings = wanted->record->wakings.load(std::memory_order_relaxed);
        if (other.condition_mutex.wakings.load(std::memory_order_relaxed) != wakings) return;
        wanted->finding.owner_id = id_of(other);
        wanted->finding.owner_site = other.condition_mutex.site.load(std::memory_order_relaxed);
        wanted->finding.other_lock = its_mutex;
      },
      &search);
  if (!search.finding.owner_id) return {};
  search.finding.condition = object;
  return search.finding;
}

}  // namespace lockwrap::misuse
