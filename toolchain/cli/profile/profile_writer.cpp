// profile.h into pprof's profile.proto. Zero is protobuf's default and is left out, except where a list counts on it.
#include "profile/profile_writer.h"

#include <protozero/pbf_writer.hpp>

#include "base/long_work.h"
#include "profile/gzip_file.h"
#include "profile/profile_fields.h"

namespace lockwrap::cli {
namespace {

using protozero::pbf_writer;

constexpr size_t kPieceBytes = 1 << 18;

void number(pbf_writer &out, field::Number tag, uint64_t value) {
  if (value != 0) out.add_uint64(tag, value);
}

void number(pbf_writer &out, field::Number tag, int64_t value) { number(out, tag, static_cast<uint64_t>(value)); }

void number(pbf_writer &out, field::Number tag, bool value) { number(out, tag, static_cast<uint64_t>(value)); }

std::string bytes_of(const ValueType &type) {
  std::string bytes;
  pbf_writer out{bytes};
  number(out, field::value_type::kType, type.type);
  number(out, field::value_type::kUnit, type.unit);
  return bytes + type.unknown_fields;
}

std::string bytes_of(const Mapping &mapping) {
  namespace tag = field::mapping;
  std::string bytes;
  pbf_writer out{bytes};
  number(out, tag::kId, mapping.id);
  number(out, tag::kMemoryStart, mapping.memory_start);
  number(out, tag::kMemoryLimit, mapping.memory_limit);
  number(out, tag::kFileOffset, mapping.file_offset);
  number(out, tag::kFileName, mapping.file_name);
  number(out, tag::kBuildId, mapping.build_id);
  number(out, tag::kHasFunctions, mapping.has_functions);
  number(out, tag::kHasFileNames, mapping.has_file_names);
  number(out, tag::kHasLineNumbers, mapping.has_line_numbers);
  number(out, tag::kHasInlineFrames, mapping.has_inline_frames);
  return bytes + mapping.unknown_fields;
}

std::string bytes_of(const Line &line) {
  std::string bytes;
  pbf_writer out{bytes};
  number(out, field::line::kFunctionId, line.function_id);
  number(out, field::line::kLine, line.line);
  return bytes + line.unknown_fields;
}

std::string bytes_of(const Location &location) {
  std::string bytes;
  pbf_writer out{bytes};
  number(out, field::location::kId, location.id);
  number(out, field::location::kMappingId, location.mapping_id);
  number(out, field::location::kAddress, location.address);
  for (const Line &line : location.lines) out.add_message(field::location::kLine, bytes_of(line));
  number(out, field::location::kIsFolded, location.is_folded);
  return bytes + location.unknown_fields;
}

std::string bytes_of(const Function &function) {
  std::string bytes;
  pbf_writer out{bytes};
  number(out, field::function::kId, function.id);
  number(out, field::function::kName, function.name);
  number(out, field::function::kSystemName, function.system_name);
  number(out, field::function::kFileName, function.file_name);
  number(out, field::function::kStartLine, function.start_line);
  return bytes + function.unknown_fields;
}

template <typename Message>
void messages(pbf_writer &out, field::Number tag, const std::vector<Message> &list) {
  for (const Message &message : list) out.add_message(tag, bytes_of(message));
}

using Out = std::function<void(std::string_view)>;

// `see` gets one sample after the other, as bytes.
template <typename See>
void each_sample(const SampleList &samples, const EditSample &edit, const See &see) {
  LongWork work("wrote", samples.size(), " samples");
  Sample sample;
  std::string edited;
  for (size_t index = 0; index < samples.size(); ++index) {
    work.step();
    if (!edit) {
      see(samples.bytes_of(index));
      continue;
    }
    samples.read(index, sample);
    if (!edit(index, sample)) continue;
    edited.clear();
    append_bytes_of(sample, edited);
    see(edited);
  }
}

void serialize(const Profile &profile, const EditSample &edit, const Out &sink) {
  namespace tag = field::profile;
  std::string bytes;
  pbf_writer out{bytes};
  messages(out, tag::kSampleType, profile.sample_types);
  each_sample(profile.samples, edit, [&](std::string_view sample) {
    out.add_message(tag::kSample, sample.data(), sample.size());
    if (bytes.size() < kPieceBytes) return;
    sink(bytes);
    bytes.clear();
  });
  messages(out, tag::kMapping, profile.mappings);
  messages(out, tag::kLocation, profile.locations);
  messages(out, tag::kFunction, profile.functions);
  for (const std::string &text : profile.strings) out.add_string(tag::kString, text);
  number(out, tag::kDropFrames, profile.drop_frames);
  number(out, tag::kKeepFrames, profile.keep_frames);
  number(out, tag::kTime, profile.time_ns);
  number(out, tag::kDuration, profile.duration_ns);
  if (profile.has_period_type) out.add_message(tag::kPeriodType, bytes_of(profile.period_type));
  number(out, tag::kPeriod, profile.period);
  out.add_packed_int64(tag::kComment, profile.comments.begin(), profile.comments.end());
  number(out, tag::kDefaultSampleType, profile.default_sample_type);
  bytes += profile.unknown_fields;
  sink(bytes);
}

}  // namespace

std::string serialize_profile(const Profile &profile) {
  std::string bytes;
  serialize(profile, {}, [&](std::string_view piece) { bytes += piece; });
  return bytes;
}

void write_profile(const Profile &profile, const Out &out) { write_profile(profile, {}, out); }

void write_profile(const Profile &profile, const EditSample &edit, const Out &out) {
  GzipWriter writer(out);
  serialize(profile, edit, [&](std::string_view piece) { writer.add(piece); });
  writer.finish();
}

}  // namespace lockwrap::cli
