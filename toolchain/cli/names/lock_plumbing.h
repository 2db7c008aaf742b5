// Tells the functions that only carry a lock call (std::mutex::lock, pthread_mutex_lock, ...) from the code that
// decided to take the lock. Reports name the latter.
#pragma once

#include <string>

namespace lockwrap::cli {

// `name` is demangled, with or without parameters and return type.
bool is_lock_plumbing(const std::string &name);

}  // namespace lockwrap::cli
