// Where held locks were taken: kept, found by others, forgotten; under signal handlers; and with locks that other threads unlock.
#include "runtime/locks/hold_origin.h"

#include <doctest/doctest.h>
#include <pthread.h>
#include <signal.h>

#include <thread>
#include <vector>

#include "runtime/locks/held_list.h"
#include "runtime/locks/thread_record.h"
#include "stepping.h"

using namespace lockwrap::locks;

namespace {

constexpr uintptr_t kLock = 0x1000;
constexpr uintptr_t kSite = 0x401234;  // which no walk meets: the stack is the site alone

// In a thread of its own, whose locks all have origins.
template <class Work>
void with_origins(Work work) {
  REQUIRE(keep_hold_origins());
  std::thread([&] {
    ThreadRecord* thread = claim_thread_record();
    REQUIRE(thread);
    work(*thread);
  }).join();
  origins_kept = false;
}

bool is_known(const ThreadRecord& thread, uintptr_t lock, uintptr_t site = kSite) {
  HoldOrigin origin;
  return find_origin(thread, lock, site, origin) && origin.frame_count == 1 && origin.frames[0] == site;
}

ThreadRecord* stepped;

// Held by the thread, which asks the list about origins when there is no room.
bool take(ThreadRecord& thread, uintptr_t lock) { return push_held(thread, lock | kNoMutex, kSite).entry && note_origin(thread, lock, kSite); }

void on_trap(int) {
  for (uintptr_t lock = 0x9000; lock < 0x9003; ++lock) note_origin(*stepped, lock, kSite);
  for (uintptr_t lock = 0x9003; lock-- > 0x9000;) forget_origin(*stepped, lock);
}

}  // namespace

TEST_CASE("hold origin: it is known from the acquisition to the release") {
  with_origins([](ThreadRecord& thread) {
    CHECK_FALSE(is_known(thread, kLock));
    for (uintptr_t i = 0; i < 10; ++i) CHECK(note_origin(thread, kLock + i, kSite + i));
    for (uintptr_t i = 0; i < 10; ++i) CHECK(is_known(thread, kLock + i, kSite + i));
    CHECK_FALSE(is_known(thread, kLock, kSite + 1));
    forget_origin(thread, kLock + 3);
    CHECK_FALSE(is_known(thread, kLock + 3, kSite + 3));
    CHECK(is_known(thread, kLock + 9, kSite + 9));
    CHECK(note_origin(thread, kLock, kSite + 20));  // a second level: both places are known
    CHECK(is_known(thread, kLock, kSite));
    CHECK(is_known(thread, kLock, kSite + 20));
    forget_origin(thread, kLock);
    CHECK_FALSE(is_known(thread, kLock, kSite + 20));
    CHECK(is_known(thread, kLock, kSite));
  });
}

TEST_CASE("hold origin: a slot's next thread begins without any") {
  with_origins([](ThreadRecord& thread) {
    CHECK(note_origin(thread, kLock, kSite));
    forget_origins(thread);
    CHECK_FALSE(is_known(thread, kLock));
  });
}

TEST_CASE("hold origin: locks that another thread unlocked do not fill the list") {
  with_origins([](ThreadRecord& thread) {
    std::vector<pthread_mutex_t> mutexes(2000);  // all free: their owner is not this thread
    for (pthread_mutex_t& mutex : mutexes) {
      mutex = PTHREAD_MUTEX_INITIALIZER;
      const auto address = reinterpret_cast<uintptr_t>(&mutex);
      REQUIRE(push_held(thread, address, kSite).entry);
      CHECK(count_held(thread) <= 64);
      CHECK(note_origin(thread, address, kSite));
    }
    CHECK(is_known(thread, reinterpret_cast<uintptr_t>(&mutexes.back())));
  });
}

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("hold origin: a signal handler may come after any instruction") {
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = on_trap;
  REQUIRE(sigaction(SIGTRAP, &action, &before) == 0);
  with_origins([](ThreadRecord& thread) {
    stepped = &thread;
    CHECK(take(thread, kLock));
    for (uintptr_t lock = kLock + 4; lock < kLock + 16; lock += 4) {
      REQUIRE(push_held(thread, lock | kNoMutex, kSite).entry);
      step_through([&] { note_origin(thread, lock, kSite); });
      CHECK(is_known(thread, lock));
      CHECK(is_known(thread, kLock));
      step_through([&] { forget_origin(thread, lock); });
      CHECK_FALSE(is_known(thread, lock));
      CHECK(is_known(thread, kLock));
    }
    // One after the other: nothing has been left in the way.
    for (uintptr_t lock = kLock + 100; lock < kLock + 200; lock += 4) CHECK(take(thread, lock));
    for (uintptr_t lock = kLock + 100; lock < kLock + 200; lock += 4) CHECK(is_known(thread, lock));
  });
  REQUIRE(sigaction(SIGTRAP, &before, nullptr) == 0);
}
#endif
