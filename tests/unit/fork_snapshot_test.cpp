// What a forked child knows of the locks that its parent's threads held.
#include "runtime/locks/fork_snapshot.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "runtime/base/arena.h"
#include "runtime/locks/held_list.h"
#include "runtime/locks/thread_record.h"

using namespace lockwrap::locks;

namespace {

// In a child, which tells by its exit status whether `check` holds.
template <class Check>
bool holds_in_child(Check check) {
  const bool noted = begin_snapshot();
  const pid_t child = fork();
  if (child == 0) {
    keep_snapshot(noted);
    _exit(noted && check() ? 0 : 1);
  }
  if (noted) end_snapshot();
  int status = -1;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uintptr_t address_of(const pthread_mutex_t& lock) { return reinterpret_cast<uintptr_t>(&lock); }

constexpr uintptr_t kLock = 0x1000;
constexpr uintptr_t kSite = 0x2000;

}  // namespace

TEST_CASE("fork snapshot: the child knows what its parent's threads held, the parent nothing") {
  if (!this_thread) REQUIRE(claim_thread_record());
  ThreadRecord& thread = *this_thread;
  const uint32_t id = thread.id.load();
  REQUIRE(push_held(thread, kLock | kDetailed, kSite).entry);
  REQUIRE(push_held(thread, 0x3000 | kNoMutex, kSite).entry);
  CHECK(holds_in_child([&] {
    const HeldAtFork* held = find_held_at_fork(kLock, id);
    return held && held->site == kSite && held->thread_id == id && forking_thread() == id && find_held_at_fork(0x3000, id) && !find_held_at_fork(0x3001, id) &&
           !find_held_at_fork(kLock, id + 1) && !find_held_at_fork(kLock + 8, id);
  }));
  CHECK(find_held_at_fork(kLock, id) == nullptr);
  CHECK(forking_thread() == 0);
  // A child's own child knows of the child, not of the parent.
  CHECK(holds_in_child([&] {
    const HeldRef held = find_held(thread, kLock);
    if (held.entry) remove_held(thread, held);  // where the kernel has not wiped it
    return holds_in_child([&] { return !find_held_at_fork(kLock, id); });
  }));
  remove_held(thread, find_held(thread, 0x3000));
  remove_held(thread, find_held(thread, kLock));
}

TEST_CASE("fork snapshot: of two forks at once the second goes without") {
  REQUIRE(begin_snapshot());
  CHECK_FALSE(begin_snapshot());
  end_snapshot();
  REQUIRE(begin_snapshot());
  end_snapshot();
}

TEST_CASE("fork snapshot: more holds than have room are left out") {
  if (!this_thread) REQUIRE(claim_thread_record());
  ThreadRecord& thread = *this_thread;
  const uint32_t id = thread.id.load();
  std::vector<pthread_mutex_t> locks(kMostHeldAtFork + 100);  // true ones: what libc denies is forgotten
  for (pthread_mutex_t& lock : locks) {
    REQUIRE(pthread_mutex_lock(&lock) == 0);
    REQUIRE(push_held(thread, address_of(lock), kSite).entry);
  }
  CHECK(holds_in_child([&] {
    size_t known = 0;
    for (pthread_mutex_t& lock : locks) known += find_held_at_fork(address_of(lock), id) != nullptr;
    return known == kMostHeldAtFork;
  }));
  for (size_t i = locks.size(); i-- > 0;) {
    remove_held(thread, find_held(thread, address_of(locks[i])));
    CHECK(pthread_mutex_unlock(&locks[i]) == 0);
  }
}
