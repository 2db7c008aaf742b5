// Writes protocol buffer fields into a fixed buffer: what profile.proto needs, and no more.
// Source: protobuf.dev, "Encoding".
// Runs: when a profile is written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockwrap::report {

// One message being built. What does not fit is left out whole, field by field.
class ProtobufMessage {
 public:
  void clear() { used_ = 0; }
  void add_number(uint32_t field, uint64_t value);
  void add_bytes(uint32_t field, const void* data, size_t size);
  void add_message(uint32_t field, const ProtobufMessage& message) { add_bytes(field, message.bytes_, message.used_); }
  // A packed repeated field of `count` numbers.
  void add_numbers(uint32_t field, const uint64_t* values, size_t count);

  const char* data() const { return bytes_; }
  size_t size() const { return used_; }

 private:
  static constexpr size_t kBytes = 4096;  // a sample with 128 frames and all labels takes at most 2 KiB

  bool has_room(size_t bytes) const { return bytes <= kBytes - used_; }
  void put_varint(uint64_t value);

  size_t used_ = 0;
  char bytes_[kBytes] = {};
};

size_t varint_bytes(uint64_t value);

}  // namespace lockwrap::report
