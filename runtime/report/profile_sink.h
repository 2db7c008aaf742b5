// The top level of a profile message: numbers, nested messages and strings, straight into the gzip file. Strings are numbered
// in the order in which they are added.
// Source: github.com/google/pprof, proto/profile.proto.
// Runs: when a profile is written.
#pragma once

#include "runtime/report/gzip_stream.h"
#include "runtime/report/protobuf.h"

namespace lockwrap::report {

class ProfileSink {
 public:
  enum Field : uint32_t {
    kSampleType = 1, kSample = 2, kMapping = 3, kLocation = 4, kStringTable = 6, kTime = 9, kDuration = 10,
    kPeriodType = 11, kPeriod = 12, kComment = 13, kDefaultSampleType = 14,
    // lockwrap's own, which other readers pass over.
    kTimelineEvent = 1001, kTimelineStack = 1002, kTimelineThread = 1003,
  };

  void begin(int descriptor) {
    stream_.begin(descriptor);
    next_string_ = 0;
  }
  int finish() { return stream_.finish(); }

  // Returns the string's number.
  uint64_t add_string(const char* text);
  uint64_t next_string() const { return next_string_; }
  void add_number(Field field, uint64_t value);
  void add_message(Field field, const ProtobufMessage& message);
  void add_value_type(Field field, uint64_t type, uint64_t unit);
  void add_comment(const char* text) { add_number(kComment, add_string(text)); }

  // Buffers for the callers: a message and a part of it.
  ProtobufMessage& message() { return message_; }
  ProtobufMessage& part() { return part_; }

 private:
  void add_tag(Field field, uint32_t wire_type, uint64_t value);

  GzipStream stream_;
  uint64_t next_string_ = 0;
  ProtobufMessage message_;
  ProtobufMessage part_;
};

}  // namespace lockwrap::report
