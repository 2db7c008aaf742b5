// A signal handler that counts.
#pragma once

#include "cases.h"

namespace conformance {

inline std::atomic<int> handled;

// `flags` 0: a call that can be interrupted is; SA_RESTART: it goes on.
inline void handle_signal(int number, int flags) {
  struct sigaction action = {};
  action.sa_handler = [](int) { ++handled; };
  action.sa_flags = flags;
  CHECK(sigaction(number, &action, nullptr) == 0);
}

}  // namespace conformance
