// What the misuses share: the locks, the functions that a finding names, and threads that are left behind.
#pragma once

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

#include <shared_mutex>
#include <span>

#include "../scenario.h"

extern std::mutex accounts;
extern pthread_mutex_t table;
extern pthread_mutex_t other_table;
extern pthread_cond_t changed;

void begin_transfer();
void enter_account();
void end_transfer();
void lock_table();
void unlock_table();
void make_table();
int destroy_table();
void wait_for_change();
void wait_for_change_of_other();
void become(const char* program);
const char* this_program();  // as `done`, which ends at once

struct Case {
  const char* name;
  void (*run)();
};
#define CASE(name) {#name, name}, {#name "_right", name##_right}
std::span<const Case> lock_cases();
std::span<const Case> end_cases();
std::span<const Case> condition_cases();

// Returns when the new thread sleeps in `work`, or has ended it.
template <class Work>
void leave_behind(Work work) {
  static std::atomic<pid_t> id;
  static std::atomic<bool> ended;
  id = 0;
  ended = false;
  std::thread([work] {
    id = thread_id();
    work();
    ended = true;
    for (;;) pause();
  }).detach();
  wait_until_asleep(id);
}

template <class Work>
void elsewhere(Work work) {
  std::thread(work).join();
}

template <class Work>
void in_child(Work work) {
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    work();
    _exit(0);
  }
  CHECK(waitpid(child, nullptr, 0) == child);
}

constexpr timespec kPast{1, 0};

// A mutex that answers mistakes with an error.
inline void make_checked(pthread_mutex_t& mutex) {
  pthread_mutexattr_t attributes;
  CHECK(pthread_mutexattr_init(&attributes) == 0);
  CHECK(pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK) == 0);
  CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
}

// Until a finding has been written; that of a wait is told when the wait has lasted.
extern std::atomic<bool> is_told;
inline void wait_until_told() {
  while (!is_told) pass_ms(1);
}
