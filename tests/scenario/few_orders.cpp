// few_orders: takes a lock, while it holds one that on 32 bits nothing tells from others at its address, on the stack; in ten rounds, each with a
// new thread, while it holds another one, of which then not all observations are kept. Memory is short for neither.
#include "scenario.h"

static std::mutex counter, journal;

int main(int count, char**) {
  std::mutex on_the_stack;
  const bool is_certain = count > 1;
  std::mutex& outer = is_certain ? journal : on_the_stack;
  for (int round = 0; round < (is_certain ? 10 : 3); ++round) {
    const std::lock_guard guard(outer);
    make_wait(counter, 1);
  }
}
