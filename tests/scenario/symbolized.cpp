// A deadlock of two threads in one function, whose lines it prints: what `lockwrap symbolize` must make of the addresses. It ends by itself
// under on_deadlock=error.
#include <barrier>
#include <system_error>

#include "scenario.h"

struct Bank {
  std::barrier<> both_hold{2};
  void transfer(int from, int to);
};

NOINLINE void Bank::transfer(int from, int to) {
  static std::mutex accounts[2];
  const std::lock_guard payer(accounts[from]);
  both_hold.arrive_and_wait();
  try {
    const std::lock_guard payee(accounts[to]);
  } catch (const std::system_error&) {
  }
}
constexpr int kPayerLine = __LINE__ - 7, kPayeeLine = __LINE__ - 4;

// Inlined, so that a line of its own has no address of its own.
static inline __attribute__((always_inline)) void serve(Bank& bank, int from) {
  bank.transfer(from, 1 - from);
  asm volatile("");
}
constexpr int kServeLine = __LINE__ - 3;

static NOINLINE void* work(void* bank) {
  serve(*static_cast<Bank*>(bank), 0);
  return nullptr;
}
constexpr int kWorkLine = __LINE__ - 3;

int main() {
  Bank bank;
  const pthread_t thread = start(work, &bank);
  bank.transfer(1, 0);
  CHECK(pthread_join(thread, nullptr) == 0);
  printf("payer=%d\npayee=%d\nserve=%d\nwork=%d\nmutex_bytes=%zx\n", kPayerLine, kPayeeLine, kServeLine, kWorkLine, sizeof(std::mutex));
}
