// Six threads lock, wait and allocate while the main thread makes processes in every way there is; children lock, start threads, fork
// again, and become other programs. At each fork some lock is held and some thread waits.
#include <spawn.h>

#include "weather.h"

namespace {

std::mutex accounts;
std::shared_mutex prices;
std::atomic<bool> stop;

void work() {
  while (!stop) {
    {
      const std::lock_guard guard(accounts);
      std::vector<char> bytes(500, 1);
      CHECK(bytes.back() == 1);
    }
    const std::shared_lock reader(prices);
  }
}

void contend() {
  std::mutex own;
  own.lock();
  std::atomic<pid_t> id = 0;
  std::thread waiter([&] {
    id = thread_id();
    const std::lock_guard guard(own);
  });
  wait_until_asleep(id);
  own.unlock();
  waiter.join();
}

void expect_end(pid_t child, int status_wanted) {
  int status;
  CHECK(child > 0 && waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == status_wanted);
}

// A child that forks goes on, and its child lives the same, down to the last one.
[[noreturn]] void live_as_child() {
  for (int depth = 2;; --depth) {
    contend();
    accounts.unlock();
    { const std::lock_guard guard(accounts); }
    accounts.lock();
    if (depth > 0) {
      const pid_t child = depth % 2 ? fork() : _Fork();
      if (child == 0) continue;
      expect_end(child, 10 + depth - 1);
    }
    accounts.unlock();
    if (depth % 2) exit(10 + depth);
    _exit(10 + depth);
  }
}

void spawn(const char* program) {
  char name[] = "child";
  char* arguments[] = {name, nullptr};
  pid_t child;
  CHECK(posix_spawn(&child, program, nullptr, nullptr, arguments, environ) == 0);
  expect_end(child, 7);
  const pid_t other = vfork();
  if (other == 0) {
    execv(program, arguments);
    _exit(1);
  }
  expect_end(other, 7);
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (!strcmp(arguments[0], "child")) return contend(), 7;
  const int count = rounds(argument_count, arguments, 40);
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) threads.emplace_back(work);
  for (int i = 0; i < count; ++i) {
    {
      const std::lock_guard guard(accounts);
      const pid_t child = i % 3 ? fork() : _Fork();
      if (child == 0) {
        // After _Fork jemalloc's locks may be held for good; so that child does not allocate.
        if (i % 3) live_as_child();
        accounts.unlock();
        accounts.lock();
        _exit(12);
      }
      expect_end(child, 12);
    }
    if (i % 4 == 0) spawn("/proc/self/exe");
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}
