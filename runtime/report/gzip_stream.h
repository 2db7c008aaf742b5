// A gzip file of stored blocks: the container that pprof expects, without a compressor. One block a buffer.
// Source: RFC 1951 (3.2.4), RFC 1952.
// Runs: when a profile is written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::report {

class GzipStream {
 public:
  // Begins a file at `descriptor`, which stays the caller's.
  void begin(int descriptor);
  void write(const void* data, size_t size);
  // Ends the file. 0, or the errno value of the first write that failed.
  int finish();

 private:
  static constexpr size_t kBlockBytes = 32 * 1024;

  void flush(bool is_last);

  int descriptor_ = 0;
  int failure_ = 0;
  uint32_t checksum_ = 0;
  uint32_t total_bytes_ = 0;
  size_t used_ = 0;
  char block_[kBlockBytes] = {};
};

}  // namespace lockwrap::report
