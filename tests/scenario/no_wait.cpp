// no_wait: takes locks, and never waits for one.
#include "scenario.h"

static std::mutex alone;

int main() {
  for (int i = 0; i < 1000; ++i) const std::lock_guard guard(alone);
  puts("done");
}
