// pairs: save() always delays look_up() and nobody else, compact() always delays insert(): the report must say who blocks whom.
#include "scenario.h"

static std::mutex table;

NOINLINE static void look_up() {
  const std::lock_guard guard(table);
  asm volatile("");
}

NOINLINE static void insert() {
  const std::lock_guard guard(table);
  asm volatile("nop");
}

NOINLINE static void save() {
  table.lock();
  const WaitingThread waiter(look_up);
  pass_ms(3);
  table.unlock();
}

NOINLINE static void compact() {
  table.lock();
  const WaitingThread waiter(insert);
  pass_ms(6);
  table.unlock();
}

int main() {
  for (int round = 0; round < 15; ++round) {
    save();
    compact();
  }
}
