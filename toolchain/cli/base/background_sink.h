// Output on a second processor: the next block is made while one is written, or packed.
#pragma once

#include <functional>
#include <future>
#include <string>
#include <string_view>
#include <utility>

#include "base/output_file.h"

namespace lockwrap::cli {

// Holds two blocks at most, less than 2 MiB each: who makes faster than `out` takes, waits. What `out` throws comes out of the next call; where no
// thread can be made it is called by this one. What has not been given to it when this ends without finish() is lost, as it shall be after an error.
class BackgroundSink {
 public:
  explicit BackgroundSink(OutputSink out) : out_(std::move(out)) {}
  BackgroundSink(const BackgroundSink &) = delete;
  BackgroundSink &operator=(const BackgroundSink &) = delete;

  void add(std::string_view piece);
  void finish();  // at the end

 private:
  void wait();

  OutputSink out_;
  std::string filling_, leaving_;
  std::future<void> work_;  // the last member: the first to end, which waits for it
};

}  // namespace lockwrap::cli
