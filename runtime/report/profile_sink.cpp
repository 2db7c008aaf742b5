#include "runtime/report/profile_sink.h"

#include <string.h>

namespace lockwrap::report {

namespace {

size_t put_varint(char* at, uint64_t value) {
  size_t bytes = 0;
  for (; value >= 0x80; value >>= 7) at[bytes++] = static_cast<char>(value | 0x80);
  at[bytes++] = static_cast<char>(value);
  return bytes;
}

}  // namespace

void ProfileSink::add_tag(Field field, uint32_t wire_type, uint64_t value) {
  char bytes[20];
  size_t size = put_varint(bytes, static_cast<uint64_t>(field) << 3 | wire_type);
  size += put_varint(bytes + size, value);
  stream_.write(bytes, size);
}

uint64_t ProfileSink::add_string(const char* text) {
  const size_t length = strlen(text);
  add_tag(kStringTable, 2, length);
  stream_.write(text, length);
  return next_string_++;
}

void ProfileSink::add_number(Field field, uint64_t value) { add_tag(field, 0, value); }

void ProfileSink::add_message(Field field, const ProtobufMessage& message) {
  add_tag(field, 2, message.size());
  stream_.write(message.data(), message.size());
}

void ProfileSink::add_value_type(Field field, uint64_t type, uint64_t unit) {
  part_.clear();
  part_.add_number(1, type);
  part_.add_number(2, unit);
  add_message(field, part_);
}

}  // namespace lockwrap::report
