// Work on a second processor, where there is one to be had.
#pragma once

#include <future>
#include <system_error>

namespace lockwrap::cli {

// Its result, or its exception, when it is asked for. What is given back waits for the work when it ends. Where no thread can be made the work
// is done when its result is asked for, if it is.
template <typename Work>
auto in_parallel(const Work &work) {
  try {
    return std::async(std::launch::async, work);
  } catch (const std::system_error &) {  // a limit, or a sandbox
    return std::async(std::launch::deferred, work);
  }
}

}  // namespace lockwrap::cli
