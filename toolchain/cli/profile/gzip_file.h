// Gzip'ed files in and out. Errors are CommandErrors that name the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <string>
#include <string_view>

namespace lockwrap::cli {

// A few kilobytes of gzip can unpack to terabytes; beyond this the file is refused.
constexpr size_t kMaximumUnpackedBytes = size_t{1} << 30;

// The content of a file as it is; it may be anything that can be read to its end, also a pipe. A file that is missing, empty, a directory
// or larger than `maximum_bytes` is an error.
std::string read_file_bytes(const std::string &path, size_t maximum_bytes = kMaximumUnpackedBytes);

// By the first bytes.
bool is_gzip(std::string_view bytes);

// What is not gzip'ed, cut, damaged or larger than `maximum_bytes` is an error; `path` is for the messages only.
std::string unpack_gzip(std::string packed, const std::string &path, size_t maximum_bytes = kMaximumUnpackedBytes);

// Both.
std::string read_gzip_file(const std::string &path, size_t maximum_bytes = kMaximumUnpackedBytes);

std::string gzip_bytes(std::string_view bytes);

// The same piece by piece, up to three blocks at once on other processors (as pigz does it): the result is one stream, and does not depend on them.
// What `out` throws goes through; it is called by the thread that calls this.
class GzipWriter {
 public:
  explicit GzipWriter(std::function<void(std::string_view)> out);
  GzipWriter(const GzipWriter &) = delete;
  GzipWriter &operator=(const GzipWriter &) = delete;

  void add(std::string_view bytes);
  void finish();  // once, at the end

 private:
  struct Packed {
    std::string bytes;
    size_t unpacked;
    unsigned long checksum;
  };
  static Packed pack(std::string_view block, int flush);
  void write(const Packed &packed);
  void write_first();

  std::function<void(std::string_view)> out_;
  std::string block_;
  unsigned long checksum_;
  uint32_t unpacked_ = 0;  // of what was written; the format has its last 32 bits
  std::deque<std::future<Packed>> packing_;  // of the blocks after it, in order
};

}  // namespace lockwrap::cli
