#include "profile/sample_list.h"

#include <algorithm>
#include <functional>
#include <protozero/pbf_writer.hpp>

#include "profile/message_fields.h"
#include "profile/profile_fields.h"

namespace lockwrap::cli {
namespace {

using protozero::pbf_reader;
using protozero::pbf_writer;

constexpr size_t kBlock = 1 << 20;
constexpr size_t kMaximumElements = 1u << 20;  // of one sample: the runtime writes 128 frames and ten labels at most

bool label_field(pbf_reader &in, Label &label) {
  switch (in.tag()) {
    case field::label::kKey: return read_number(in, label.key);
    case field::label::kText: return read_number(in, label.text);
    case field::label::kNumber: return read_number(in, label.number);
    case field::label::kNumberUnit: return read_number(in, label.number_unit);
    default: return false;
  }
}

void add_number(pbf_writer &out, field::Number tag, int64_t value) {
  if (value != 0) out.add_uint64(tag, static_cast<uint64_t>(value));
}

std::string bytes_of_label(const Label &label) {
  std::string bytes;
  pbf_writer out{bytes};
  add_number(out, field::label::kKey, label.key);
  add_number(out, field::label::kText, label.text);
  add_number(out, field::label::kNumber, label.number);
  add_number(out, field::label::kNumberUnit, label.number_unit);
  return bytes + label.unknown_fields;
}

}  // namespace

void append_bytes_of(const Sample &sample, std::string &into) {
  pbf_writer out{into};
  out.add_packed_uint64(field::sample::kLocationId, sample.location_ids.begin(), sample.location_ids.end());
  out.add_packed_int64(field::sample::kValue, sample.values.begin(), sample.values.end());
  for (const Label &label : sample.labels) out.add_message(field::sample::kLabel, bytes_of_label(label));
  into += sample.unknown_fields;
}

void SampleList::read(size_t index, Sample &into) const {
  into.location_ids.clear();
  into.values.clear();
  into.labels.clear();
  into.unknown_fields.clear();
  size_t elements = 0;
  const auto spend = [&] {
    if (++elements > kMaximumElements) throw TooManyElements();
  };
  const std::string_view bytes = bytes_of(index);
  pbf_reader reader{bytes.data(), bytes.size()};
  for_each_field(reader, into.unknown_fields, [&](pbf_reader &in) {
    switch (in.tag()) {
      case field::sample::kLocationId: return read_numbers(in, into.location_ids, spend);
      case field::sample::kValue: return read_numbers(in, into.values, spend);
      case field::sample::kLabel: {
        if (in.wire_type() != protozero::pbf_wire_type::length_delimited) return false;
        spend();
        Label &label = into.labels.emplace_back();
        pbf_reader inner = in.get_message();
        for_each_field(inner, label.unknown_fields, [&](pbf_reader &field) { return label_field(field, label); });
        return true;
      }
      default: return false;
    }
  });
}

Sample SampleList::operator[](size_t index) const {
  Sample sample;
  read(index, sample);
  return sample;
}

void SampleList::push_back(const Sample &sample) {
  std::string bytes;
  append_bytes_of(sample, bytes);
  add_bytes(bytes);
}

void SampleList::add_bytes(std::string_view bytes) {
  const std::less_equal<const char *> is_not_after;
  if (file_ != nullptr && is_not_after(file_->data(), bytes.data()) && is_not_after(bytes.data() + bytes.size(), file_->data() + file_->size())) {
    samples_.push_back(bytes);
    return;
  }
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < bytes.size()) blocks_.emplace_back().reserve(std::max(kBlock, bytes.size()));
  std::string &block = blocks_.back();
  const size_t start = block.size();
  block += bytes;
  samples_.push_back(std::string_view(block).substr(start));
}

}  // namespace lockwrap::cli
