// Eight threads allocate and quarrel over two locks while the dump signal arrives a hundred times, in whichever thread and at
// whichever instruction. The next signal is sent when the last one's report is there and nobody writes any more.
#include <errno.h>
#include <fcntl.h>
#include <lockwrap/lockwrap.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

static std::mutex outer_lock;
static std::mutex inner_lock;
static std::atomic<bool> stop{false};
static long steps;  // guarded by inner_lock

static long log_bytes(const char* path) {
  struct stat status;
  return stat(path, &status) == 0 ? static_cast<long>(status.st_size) : 0;
}

static void work(int seed) {
  while (!stop) {
    std::vector<int> numbers(static_cast<size_t>(100 + seed * 10), seed);
    const std::lock_guard outer(outer_lock);
    const std::lock_guard inner(inner_lock);
    steps += numbers.back() == seed;
  }
}

int main(int, char** arguments) {
  std::vector<std::thread> threads;
  for (int seed = 0; seed < 8; ++seed) threads.emplace_back(work, seed);
  const int nowhere = open("/dev/null", O_WRONLY);
  for (int dump = 0; dump < 100; ++dump) {
    const long before = log_bytes(arguments[1]);
    kill(getpid(), SIGUSR2);
    while (log_bytes(arguments[1]) == before) sched_yield();
    while (lockwrap_write_report(nowhere) == EBUSY) sched_yield();
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  std::printf("went on\n");
  return steps > 0 ? 0 : 1;
}
