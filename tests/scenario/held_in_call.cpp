// lockwrap_expect_no_locks with what a thread may hold, each by its name. Run without arguments it prints the names.
#include <errno.h>
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <sys/mman.h>

#include <memory>
#include <shared_mutex>

#include "scenario.h"

std::mutex accounts, journal;
std::recursive_mutex tree;
std::shared_mutex prices;
pthread_spinlock_t ticks;
int own_lock;

NOINLINE void switch_fiber() {
  errno = ERANGE;
  lockwrap_expect_no_locks("fiber switch");
  CHECK(errno == ERANGE);
}
NOINLINE void lock_accounts() {
  accounts.lock();
  asm volatile("");
}
NOINLINE void lock_tree(int levels) {
  tree.lock();
  if (levels > 1) lock_tree(levels - 1);
  asm volatile("");
}

namespace {

void nothing() {
  switch_fiber();
  lock_accounts();
  accounts.unlock();
  switch_fiber();
}
void mutex() {
  lock_accounts();
  for (int i = 0; i < 3; ++i) switch_fiber();
}
void two() {
  lock_accounts();
  journal.lock();
  switch_fiber();
}
void two_places() {
  lock_accounts();
  switch_fiber();
  accounts.unlock();
  journal.lock();
  switch_fiber();
}
void recursive() {
  lock_tree(3);
  switch_fiber();
}
void reader() {
  prices.lock_shared();
  switch_fiber();
}
void spin() {
  CHECK(pthread_spin_init(&ticks, 0) == 0 && pthread_spin_lock(&ticks) == 0);
  switch_fiber();
}
void custom() {
  lockwrap_acquired(&own_lock);
  switch_fiber();
}
void waited_for() {  // with a record
  make_wait(accounts, 1, [] {
    lock_accounts();
    switch_fiber();
    accounts.unlock();
  });
}
void many() {
  static std::mutex locks[60];
  for (std::mutex& lock : locks) lock.lock();
  switch_fiber();
}
void nameless() {
  lock_accounts();
  lockwrap_expect_no_locks(nullptr);
}

// Silent from here on: not held, whatever the list of the thread says, or not to be looked at.
void released_elsewhere() {
  lock_accounts();
  std::thread([] { accounts.unlock(); }).join();
  switch_fiber();
}
void taken_elsewhere() {
  lock_accounts();
  std::thread([] { accounts.unlock(); }).join();
  static std::atomic<bool> taken = false;
  std::thread([] {
    lock_accounts();
    taken = true;
    for (;;) pause();
  }).detach();
  while (!taken) sched_yield();
  switch_fiber();
}
void unmapped() {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(memory != MAP_FAILED);
  auto* mutex = new (memory) std::mutex;
  mutex->lock();
  std::thread([=] { mutex->unlock(); }).join();
  CHECK(munmap(memory, 4096) == 0);
  switch_fiber();
}
void paused() {
  lock_accounts();
  CHECK(lockwrap_pause() == 0);
  switch_fiber();
  CHECK(lockwrap_resume() == 0);
}
void in_child() {
  lock_accounts();
  const pid_t child = fork();
  if (child == 0) switch_fiber(), _exit(0);
  CHECK(child > 0 && waitpid(child, nullptr, 0) == child);
}
void of_other_thread() {
  const std::lock_guard guard(accounts);
  std::thread(switch_fiber).join();
}

struct Case {
  const char* name;
  void (*run)();
};
#define CASE(name) {#name, name}
constexpr Case kCases[] = {
    CASE(nothing), CASE(mutex), CASE(two), CASE(two_places), CASE(recursive), CASE(reader), CASE(spin), CASE(custom),
    CASE(waited_for), CASE(many), CASE(nameless), CASE(released_elsewhere), CASE(taken_elsewhere), CASE(unmapped), CASE(paused),
    CASE(in_child), CASE(of_other_thread),
};

}  // namespace

int main(int argument_count, char** arguments) {
  for (const Case& one : kCases) {
    if (argument_count < 2) printf("%s\n", one.name);
    else if (!strcmp(one.name, arguments[1])) one.run(), fflush(stdout), _exit(0);
  }
  return argument_count > 1;
}
