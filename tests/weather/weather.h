// What the programs of bad weather share. Each counts what it did and compares; a number on the command line makes it go on for so many
// rounds instead of a few.
#pragma once

#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

#include "../wrap/test_support.h"

inline int rounds(int argument_count, char** arguments, int usual) {
  const int wanted = argument_count > 1 ? atoi(arguments[1]) : usual;
  CHECK(wanted > 0);
  return wanted;
}

inline void pass_us(long microseconds) {
  timespec rest{microseconds / 1'000'000, microseconds % 1'000'000 * 1000};
  while (nanosleep(&rest, &rest) != 0) {}
}
