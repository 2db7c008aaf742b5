// Tells the functions that every thread begins with (clone3, start_thread, std::thread's invokers, __libc_start_main) from the program's own.
// In a picture they would be the same ten rows under everything.
#pragma once

#include <string>

namespace lockwrap::cli {

// `function`: short, as stacks have it.
bool is_thread_start(const std::string &function);

}  // namespace lockwrap::cli
