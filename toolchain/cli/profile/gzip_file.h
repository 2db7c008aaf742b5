// Gzip'ed files in and out. Errors are CommandErrors that name the file.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;  // zlib's

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

// The same piece by piece. What `out` throws goes through.
class GzipWriter {
 public:
  explicit GzipWriter(std::function<void(std::string_view)> out);
  ~GzipWriter();
  GzipWriter(const GzipWriter &) = delete;
  GzipWriter &operator=(const GzipWriter &) = delete;

  void add(std::string_view bytes);
  void finish();  // once, at the end

 private:
  void pack(int flush);

  std::unique_ptr<z_stream_s> stream_;
  std::function<void(std::string_view)> out_;
  std::string packed_;
};

}  // namespace lockwrap::cli
