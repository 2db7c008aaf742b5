// What becomes of findings: the program's own handler gets them, suppressions keep them back, and a dump tells who waits for whom.
#include <lockwrap/lockwrap.h>

#include "../scenario.h"

std::mutex accounts, journal, gate;

NOINLINE static void withdraw() {
  const std::lock_guard outer(accounts);
  const std::lock_guard inner(journal);
}
NOINLINE static void audit() {
  const std::lock_guard outer(journal);
  const std::lock_guard inner(accounts);
}
NOINLINE static void pass_gate() { const std::lock_guard guard(gate); }

// Both orders, one after the other, by threads that are both there all the time.
static void use_both_orders() {
  std::atomic<int> turn = 0;
  std::thread one([&] {
    withdraw();
    for (turn = 1; turn < 2;) sched_yield();
  });
  std::thread other([&] {
    while (turn < 1) sched_yield();
    audit();
    turn = 2;
  });
  one.join();
  other.join();
}

extern "C" const char* lockwrap_default_suppressions(void) { return getenv("TOLD_SUPPRESSIONS"); }

int main(int argument_count, char**) {
  int context = 7;
  const auto handler = [](const char* kind, const char* text, void* given) {
    printf("handled %s, %d, begins well: %d\n", kind, *static_cast<int*>(given), strncmp(text, "lockwrap: ", 10) == 0);
  };
  CHECK(lockwrap_set_finding_handler(handler, &context) == 0);
  if (argument_count > 1) {
    gate.lock();
    const WaitingThread waiter([] { pass_gate(); });
    fflush(stdout);
    CHECK(lockwrap_dump_threads(STDOUT_FILENO) == 0);
    gate.unlock();
  } else {
    use_both_orders();
    CHECK(lockwrap_set_finding_handler(nullptr, nullptr) == 0);
    CHECK(pthread_mutex_unlock(gate.native_handle()) == 0);  // a misuse, which is told but not handled
  }
}
