// accuracy: threads measure their own waits for two contended locks. The profile must say the same.
#include <vector>

#include "scenario.h"

static std::mutex ledger;
static std::mutex journal;

struct Measured {
  std::atomic<long long> wait_ns = 0;
  std::atomic<long long> long_waits = 0;
  std::atomic<long long> max_ns = 0;
  std::atomic<long long> calls = 0;
};

static void use(std::mutex& lock, Measured& measured, long hold_ms) {
  const auto start_ns = now_ns();
  lock.lock();
  const auto waited_ns = now_ns() - start_ns;
  pass_ms(hold_ms);
  lock.unlock();
  measured.wait_ns += waited_ns;
  measured.long_waits += waited_ns > 500'000;
  ++measured.calls;
  long long known_ns = measured.max_ns;
  while (known_ns < waited_ns && !measured.max_ns.compare_exchange_weak(known_ns, waited_ns)) {}
}

static void print(const char* name, const Measured& measured) {
  printf("%s_wait_ns=%lld\n%s_long_waits=%lld\n%s_max_ns=%lld\n%s_calls=%lld\n", name, measured.wait_ns.load(), name,
         measured.long_waits.load(), name, measured.max_ns.load(), name, measured.calls.load());
}

int main() {
  Measured of_ledger, of_journal;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 5; ++thread) {
      threads.emplace_back([&, thread] {
        for (int round = 0; round < 40; ++round) {
          use(ledger, of_ledger, 2 + (round + thread) % 4);
          if (round % 2) use(journal, of_journal, 12);
        }
      });
    }
  }
  print("ledger", of_ledger);
  print("journal", of_journal);
}
