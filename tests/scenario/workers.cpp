// workers: threads that promise to show themselves alive. `workers waits`: one waits for a lock; `workers sleeps`: one sleeps, and nobody
// waits for anything; `workers stopped`: one keeps its promise, also after the process stops itself for a while; `workers right`: one keeps its promise, and one has ended it. Ends when a finding was told, at the latest in 10 s.
#include <lockwrap/lockwrap.h>

#include "scenario.h"

static std::mutex accounts;
static std::atomic<bool> told = false;
NOINLINE static void transfer() { const std::lock_guard guard(accounts); }

static void wait_until_told(long most_ms) {
  for (const auto end = now_ns() + most_ms * 1'000'000; !told && now_ns() < end;) pass_ms(5);
}

int main(int argument_count, char** arguments) {
  const std::string way = argument_count > 1 ? arguments[1] : "";
  CHECK(lockwrap_set_finding_handler([](const char*, const char*, void*) { told = true; }, nullptr) == 0);
  CHECK(lockwrap_worker_begin(nullptr, 5) == EINVAL && lockwrap_worker_begin("", 5) == EINVAL && lockwrap_worker_begin("io", 0) == EINVAL);
  lockwrap_worker_alive();
  lockwrap_worker_end();
  if (way == "waits") {
    accounts.lock();
    const WaitingThread worker([] {
      CHECK(lockwrap_worker_begin("io", 100) == 0);
      transfer();
      lockwrap_worker_end();
    });
    wait_until_told(10'000);
    accounts.unlock();
  } else if (way == "sleeps") {
    std::thread worker([] {
      CHECK(lockwrap_worker_begin("io", 50) == 0);
      wait_until_told(10'000);
    });
    worker.join();
  } else if (way == "stopped") {
    std::atomic<bool> done = false;
    std::thread keeps([&] {
      CHECK(lockwrap_worker_begin("keeps", 300) == 0);
      while (!done) pass_ms(5), lockwrap_worker_alive();
    });
    puts("ready");
    fflush(stdout);
    char line[16];
    CHECK(read(0, line, sizeof line) > 0);
    pass_ms(300);
    done = true;
    keeps.join();
  } else {
    std::thread keeps([] {
      CHECK(lockwrap_worker_begin("keeps", 5'000) == 0);
      for (int i = 0; i < 30; ++i) pass_ms(10), lockwrap_worker_alive();
    });
    std::thread ended([] {
      CHECK(lockwrap_worker_begin("ended", 100) == 0);
      lockwrap_worker_end();
      pass_ms(400);
    });
    keeps.join();
    ended.join();
  }
}
