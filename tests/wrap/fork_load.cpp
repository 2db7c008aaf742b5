// Eight threads allocate and lock while the main thread forks again and again; each child allocates, locks, forks once more and
// ends. jemalloc holds all its locks over a fork, and initialises them anew in the child.
#include <mutex>
#include <thread>
#include <vector>

#include "test_support.h"

namespace {

std::mutex mutex;
std::atomic<bool> stop;

void use_memory() {
  for (int i = 0; i < 50; ++i) {
    std::vector<char> bytes(static_cast<size_t>(100 + i * 97));
    bytes.back() = 1;
  }
}

}  // namespace

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([] {
      while (!stop) {
        use_memory();
        const std::lock_guard<std::mutex> guard(mutex);
        use_memory();
      }
    });
  }
  for (int i = 0; i < 100; ++i) {
    const std::lock_guard<std::mutex> guard(mutex);
    const pid_t child = fork();
    if (child == 0) {
      CHECK_HELD(0);
      mutex.unlock();
      use_memory();
      const pid_t grandchild = fork();
      if (grandchild == 0) {
        use_memory();
        _exit(3);
      }
      int status;
      CHECK(waitpid(grandchild, &status, 0) == grandchild && WEXITSTATUS(status) == 3);
      _exit(5);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child && WEXITSTATUS(status) == 5);
    CHECK_HELD(1);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
}
