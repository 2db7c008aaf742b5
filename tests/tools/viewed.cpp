// viewed: threads wait in a function that is inlined into a member of a template, for a named lock and for a variable. It prints the lines
// that a viewer must show.
#include <lockwrap/lockwrap.h>

#include "../scenario/scenario.h"

static std::mutex ledger;
static std::mutex journal;

// Inlined: has a line, but no address of its own.
static inline __attribute__((always_inline)) void audit() {
  const std::lock_guard guard(ledger);
  asm volatile("");
}
constexpr int kAuditLine = __LINE__ - 3;

template <class Entry>
struct Vault {
  NOINLINE void review() {
    audit();
    asm volatile("");
  }
  static constexpr int kReviewLine = __LINE__ - 3;
};

NOINLINE static void append() {
  const std::lock_guard guard(journal);
  asm volatile("");
}

NOINLINE static void save() {
  ledger.lock();
  const WaitingThread waiter([] { Vault<int>().review(); });
  pass_ms(6);
  ledger.unlock();
}

NOINLINE static void compact() {
  journal.lock();
  const WaitingThread waiter(append);
  pass_ms(2);
  journal.unlock();
}

int main() {
  lockwrap_name_lock(&ledger, "the \"ledger\", main");
  for (int round = 0; round < 5; ++round) {
    save();
    compact();
  }
  printf("audit=%d\nreview=%d\n", kAuditLine, Vault<int>::kReviewLine);
}
