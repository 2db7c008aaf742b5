// Kinds of mutexes, and one of each kind in memory that child processes share.
#pragma once

#include <sys/mman.h>

#include "cases.h"

namespace conformance {

constexpr int kPrivate = PTHREAD_PROCESS_PRIVATE, kShared = PTHREAD_PROCESS_SHARED;
constexpr int kNone = PTHREAD_PRIO_NONE, kInherit = PTHREAD_PRIO_INHERIT;
constexpr int kStalled = PTHREAD_MUTEX_STALLED, kRobust = PTHREAD_MUTEX_ROBUST;

// Not PTHREAD_PRIO_PROTECT: whether a thread may have its ceiling depends on rights and on what other threads do.
inline constexpr Kind kEveryKind[] = {
    {"normal", PTHREAD_MUTEX_NORMAL, kNone, kStalled, kPrivate},
    {"recursive", PTHREAD_MUTEX_RECURSIVE, kNone, kStalled, kPrivate},
    {"errorcheck", PTHREAD_MUTEX_ERRORCHECK, kNone, kStalled, kPrivate},
#if defined(__GLIBC__)
    {"adaptive", PTHREAD_MUTEX_ADAPTIVE_NP, kNone, kStalled, kPrivate},
#endif
    {"robust", PTHREAD_MUTEX_NORMAL, kNone, kRobust, kPrivate},
    {"robust recursive", PTHREAD_MUTEX_RECURSIVE, kNone, kRobust, kPrivate},
    {"robust errorcheck", PTHREAD_MUTEX_ERRORCHECK, kNone, kRobust, kPrivate},
    {"inherit", PTHREAD_MUTEX_NORMAL, kInherit, kStalled, kPrivate},
    {"inherit recursive", PTHREAD_MUTEX_RECURSIVE, kInherit, kStalled, kPrivate},
    {"inherit errorcheck", PTHREAD_MUTEX_ERRORCHECK, kInherit, kStalled, kPrivate},
    {"inherit robust", PTHREAD_MUTEX_NORMAL, kInherit, kRobust, kPrivate},
    {"shared", PTHREAD_MUTEX_NORMAL, kNone, kStalled, kShared},
    {"shared recursive", PTHREAD_MUTEX_RECURSIVE, kNone, kStalled, kShared},
    {"shared errorcheck", PTHREAD_MUTEX_ERRORCHECK, kNone, kStalled, kShared},
    {"shared robust", PTHREAD_MUTEX_NORMAL, kNone, kRobust, kShared},
    {"shared inherit", PTHREAD_MUTEX_NORMAL, kInherit, kStalled, kShared},
    {nullptr, 0, 0, 0, 0}};

// Of locks and semaphores that have no other choice.
inline constexpr Kind kSharing[] = {{"private", 0, 0, 0, kPrivate}, {"shared", 0, 0, 0, kShared}, {nullptr, 0, 0, 0, 0}};

inline bool is_counted(const Kind& kind) { return kind.type == PTHREAD_MUTEX_RECURSIVE; }
inline bool is_checked(const Kind& kind) { return kind.type == PTHREAD_MUTEX_ERRORCHECK; }
inline bool is_robust(const Kind& kind) { return kind.robust == kRobust; }

// Zeroed memory that child processes share. It stays.
inline void* shared_page() {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  return memory;
}

// A mutex of this kind, initialised.
inline pthread_mutex_t* make_mutex(const Kind& kind) {
  auto* mutex = static_cast<pthread_mutex_t*>(shared_page());
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, kind.type) == 0);
  CHECK(pthread_mutexattr_setprotocol(&attributes, kind.protocol) == 0);
  CHECK(pthread_mutexattr_setrobust(&attributes, kind.robust) == 0);
  CHECK(pthread_mutexattr_setpshared(&attributes, kind.shared) == 0);
  SAY_AS("pthread_mutex_init", pthread_mutex_init(mutex, &attributes));
  pthread_mutexattr_destroy(&attributes);
  return mutex;
}

inline void join(pthread_t thread) { CHECK(pthread_join(thread, nullptr) == 0); }

// Joins it, and says whether it ended by cancellation.
inline void say_cancelled(pthread_t thread) {
  void* result;
  CHECK(pthread_join(thread, &result) == 0);
  SAY_WHETHER("cancelled", result == PTHREAD_CANCELED);
}

// A thread that runs `body`, which must outlive it.
template <class Body>
pthread_t running_in(Body& body) {
  return start([](void* argument) -> void* { return (*static_cast<Body*>(argument))(), nullptr; }, &body);
}

// Runs `body` in a thread of its own, to its end.
template <class Body>
void elsewhere(Body body) {
  join(running_in(body));
}

// A thread that goes into `body`, which blocks: returns when it sleeps. `body` must outlive it.
template <class Body>
pthread_t asleep_in(Body& body) {
  static std::atomic<pid_t> id;
  static Body* running;
  id = 0;
  running = &body;
  const pthread_t thread = start([](void*) -> void* {
    Body* mine = running;
    id = thread_id();
    (*mine)();
    return nullptr;
  });
  wait_until_asleep(id);
  return thread;
}

// Longer than the wrapped program's first looks at what keeps a thread (after 0.1 and 0.3 s).
inline void let_it_wait_for_long() {
  const timespec end = after_ms(CLOCK_MONOTONIC, 350);
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr) != 0) {}
}

// Of the thread that waited so long.
inline void say_slept() {
  timespec burnt;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &burnt);
  SAY_WHETHER("slept", burnt.tv_sec == 0 && burnt.tv_nsec < 175'000'000);  // half of the wait
}

// Whether lockwrap, if it is there, knows of so many locks of this thread.
inline void say_held(int count) {
  SAY_WHETHER("as many are known to be held", lockwrap_held_count() == (lockwrap_is_active() ? count : 0));
}

// Runs `body` in a forked child, says how that ended.
template <class Body>
void in_child(Body body) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    body();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("child", status);
}

}  // namespace conformance
