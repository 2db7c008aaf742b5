#include "runtime/report/gzip_stream.h"

#include <string.h>

#include "runtime/base/text.h"

namespace lockwrap::report {

namespace {

// CRC-32 of the four bits, reflected polynomial 0xedb88320.
constexpr uint32_t step(uint32_t value) {
  for (int bit = 0; bit < 4; ++bit) value = (value >> 1) ^ (value & 1 ? 0xedb88320u : 0);
  return value;
}

struct NibbleTable {
  uint32_t values[16];
  constexpr NibbleTable() : values() {
    for (uint32_t i = 0; i < 16; ++i) values[i] = step(i);
  }
};
constexpr NibbleTable kNibbles;

uint32_t add_to_checksum(uint32_t checksum, const uint8_t* data, size_t size) {
  checksum = ~checksum;
  for (size_t i = 0; i < size; ++i) {
    checksum ^= data[i];
    checksum = (checksum >> 4) ^ kNibbles.values[checksum & 15];
    checksum = (checksum >> 4) ^ kNibbles.values[checksum & 15];
  }
  return ~checksum;
}

void put_little_endian(uint8_t* at, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) at[i] = static_cast<uint8_t>(value >> (8 * i));
}

}  // namespace

void GzipStream::begin(int descriptor) {
  descriptor_ = descriptor;
  failure_ = 0;
  checksum_ = 0;
  total_bytes_ = 0;
  used_ = 0;
  // Method deflate, no flags, no time, unknown level, Unix.
  constexpr uint8_t kHeader[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
  failure_ = base::write_all(descriptor_, kHeader, sizeof kHeader);
}

void GzipStream::write(const void* data, size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size) {
    if (used_ == kBlockBytes) flush(false);
    const size_t part = size < kBlockBytes - used_ ? size : kBlockBytes - used_;
    memcpy(block_ + used_, bytes, part);
    used_ += part;
    bytes += part;
    size -= part;
  }
}

void GzipStream::flush(bool is_last) {
  checksum_ = add_to_checksum(checksum_, reinterpret_cast<const uint8_t*>(block_), used_);
  total_bytes_ += static_cast<uint32_t>(used_);
  uint8_t header[5];
  header[0] = is_last;
  put_little_endian(header + 1, used_, 2);
  put_little_endian(header + 3, ~used_ & 0xffff, 2);
  if (!failure_) failure_ = base::write_all(descriptor_, header, sizeof header);
  if (!failure_) failure_ = base::write_all(descriptor_, block_, used_);
  used_ = 0;
}

int GzipStream::finish() {
  flush(true);
  uint8_t trailer[8];
  put_little_endian(trailer, checksum_, 4);
  put_little_endian(trailer + 4, total_bytes_, 4);
  if (!failure_) failure_ = base::write_all(descriptor_, trailer, sizeof trailer);
  return failure_;
}

}  // namespace lockwrap::report
