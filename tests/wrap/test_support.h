// What the wrap tests share: a check that ends the program, threads that are started and seen to be asleep.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#define CHECK(condition)                                             \
  do {                                                               \
    if (!(condition)) {                                              \
      printf("%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      fflush(stdout);                                                \
      _exit(1);                                                      \
    }                                                                \
  } while (0)

// In a plain build lockwrap knows of nothing held.
#define CHECK_HELD(count) CHECK(lockwrap_held_count() == (lockwrap_is_active() ? (count) : 0))

inline pid_t thread_id() { return static_cast<pid_t>(syscall(SYS_gettid)); }

// Whether the next owner of a robust mutex learns that the last one died: the kernel does that. qemu's emulation of user programs does not.
inline bool deaths_of_owners_are_told() {
  void* list;
  size_t size;
  return syscall(SYS_get_robust_list, 0, &list, &size) == 0;
}

// Returns when the thread sleeps in the kernel: what it was about to wait for, it waits for.
inline void wait_until_asleep(const std::atomic<pid_t>& id) {
  while (!id) sched_yield();
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", static_cast<int>(id));
  for (;;) {
    char line[256] = {};
    const int file = open(path, O_RDONLY);
    CHECK(file >= 0);
    const ssize_t size = read(file, line, sizeof line - 1);
    close(file);
    const char* name_end = size > 0 ? strrchr(line, ')') : nullptr;
    if (name_end && name_end[2] == 'S') return;
    sched_yield();
  }
}

inline timespec after_ms(clockid_t clock, long milliseconds) {
  timespec time;
  clock_gettime(clock, &time);
  const long long ns = time.tv_nsec + milliseconds * 1'000'000LL;
  time.tv_sec += static_cast<time_t>(ns / 1'000'000'000);
  time.tv_nsec = static_cast<long>(ns % 1'000'000'000);
  return time;
}

inline bool is_past(clockid_t clock, const timespec& time) {
  timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec > time.tv_sec || (now.tv_sec == time.tv_sec && now.tv_nsec >= time.tv_nsec);
}

inline pthread_t start(void* (*run)(void*), void* argument = nullptr) {
  pthread_t thread;
  CHECK(pthread_create(&thread, nullptr, run, argument) == 0);
  return thread;
}
