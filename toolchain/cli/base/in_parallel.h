// Work on a second processor, where there is one to be had.
#pragma once

#include <future>
#include <utility>

namespace lockwrap::cli {

// Its result, or its exception, when it is asked for, or when what is given back ends. Where no thread can be made the work is done then.
template <typename Work>
auto in_parallel(Work work) {
  return std::async(std::launch::async | std::launch::deferred, std::move(work));
}

}  // namespace lockwrap::cli
