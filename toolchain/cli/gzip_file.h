// Gzip'ed files in and out. Errors are CommandErrors that name the file.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lockwrap::cli {

// A few kilobytes of gzip can unpack to terabytes; beyond this the file is refused.
constexpr size_t kMaximumUnpackedBytes = size_t{1} << 30;

// The unpacked content of a file, which may be anything that can be read to its end. A file that is missing, empty, a
// directory, not gzip'ed, cut, damaged or larger than `maximum_bytes` (packed or unpacked) is an error.
std::string read_gzip_file(const std::string &path, size_t maximum_bytes = kMaximumUnpackedBytes);

std::string gzip_bytes(std::string_view bytes);

}  // namespace lockwrap::cli
