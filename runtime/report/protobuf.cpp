#include "runtime/report/protobuf.h"

#include <string.h>

namespace lockwrap::report {

namespace {
constexpr uint32_t kVarint = 0;
constexpr uint32_t kLengthDelimited = 2;
constexpr size_t kLongestTagAndLength = 10;
}  // namespace

size_t varint_bytes(uint64_t value) {
  size_t bytes = 1;
  while (value >>= 7) ++bytes;
  return bytes;
}

void ProtobufMessage::put_varint(uint64_t value) {
  while (value >= 0x80) {
    bytes_[used_++] = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  bytes_[used_++] = static_cast<char>(value);
}

void ProtobufMessage::add_number(uint32_t field, uint64_t value) {
  if (!has_room(kLongestTagAndLength + 10)) return;
  put_varint(field << 3 | kVarint);
  put_varint(value);
}

void ProtobufMessage::add_bytes(uint32_t field, const void* data, size_t size) {
  if (!has_room(kLongestTagAndLength + size)) return;
  put_varint(field << 3 | kLengthDelimited);
  put_varint(size);
  memcpy(bytes_ + used_, data, size);
  used_ += size;
}

void ProtobufMessage::add_numbers(uint32_t field, const uint64_t* values, size_t count) {
  size_t size = 0;
  for (size_t i = 0; i < count; ++i) size += varint_bytes(values[i]);
  if (!has_room(kLongestTagAndLength + size)) return;
  put_varint(field << 3 | kLengthDelimited);
  put_varint(size);
  for (size_t i = 0; i < count; ++i) put_varint(values[i]);
}

}  // namespace lockwrap::report
