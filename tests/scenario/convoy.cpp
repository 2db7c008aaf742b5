// convoy: in each round one thread holds the lock for 10 ms and more while a hundred others sleep in it.
#include <barrier>
#include <vector>

#include "scenario.h"

constexpr int kVictims = 100;
constexpr int kRounds = 8;

static std::mutex accounts;
static std::atomic<pid_t> victim_ids[kVictims];
static std::barrier<> round_begins(kVictims + 1);

NOINLINE static void hog() {
  const std::lock_guard guard(accounts);
  round_begins.arrive_and_wait();
  for (const auto& id : victim_ids) wait_until_asleep(id);
  pass_ms(10);
}

NOINLINE static void victim() {
  const std::lock_guard guard(accounts);
  asm volatile("");
}

int main() {
  std::vector<std::jthread> victims;
  for (int number = 0; number < kVictims; ++number) {
    victims.emplace_back([number] {
      for (int round = 0; round < kRounds; ++round) {
        round_begins.arrive_and_wait();  // sleeps in a futex, not in a lock
        victim_ids[number] = thread_id();
        victim();
        victim_ids[number] = 0;
        round_begins.arrive_and_wait();
      }
    });
  }
  for (int round = 0; round < kRounds; ++round) {
    hog();
    round_begins.arrive_and_wait();
  }
}
