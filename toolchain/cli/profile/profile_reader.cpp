// pprof's profile.proto into profile.h.
#include "profile/profile_reader.h"

#include <protozero/pbf_reader.hpp>

#include "base/error.h"
#include "base/long_work.h"
#include "profile/message_fields.h"
#include "profile/profile_fields.h"

namespace lockwrap::cli {
namespace {

using protozero::pbf_reader;
using protozero::pbf_wire_type;

// A packed byte becomes eight and an empty message about a hundred bytes in memory; this many elements fit a developer's
// machine and are a hundred times what the runtime can write.
constexpr size_t kMaximumElements = 32u << 20;
constexpr size_t kElementsPerMessage = 8;

class Parser {
 public:
  Profile parse(std::string file) {
    Profile profile;
    const std::string_view bytes = profile.samples.take_file(std::move(file));
    LongWork work("parsed", bytes.size() / 1024, " KiB");
    pbf_reader reader{bytes.data(), bytes.size()};
    for_each_field(reader, profile.unknown_fields, [&](pbf_reader &in) {
      work.came_to((bytes.size() - in.length()) / 1024);
      return profile_field(in, profile);
    });
    return profile;
  }

 private:
  void spend(size_t elements) {
    elements_ += elements;
    if (elements_ > kMaximumElements) throw TooManyElements();
  }

  template <typename Number>
  static bool number(pbf_reader &reader, Number &into) {
    return read_number(reader, into);
  }

  template <typename Number>
  bool numbers(pbf_reader &reader, std::vector<Number> &into) {
    return read_numbers(reader, into, [this] { spend(1); });
  }

  template <typename Message, typename Known>
  bool message(pbf_reader &reader, Message &into, Known known) {
    if (reader.wire_type() != pbf_wire_type::length_delimited) return false;
    pbf_reader inner = reader.get_message();
    for_each_field(inner, into.unknown_fields, [&](pbf_reader &in) { return (this->*known)(in, into); });
    return true;
  }

  template <typename Message, typename Known>
  bool messages(pbf_reader &reader, std::vector<Message> &into, Known known) {
    if (reader.wire_type() != pbf_wire_type::length_delimited) return false;
    spend(kElementsPerMessage);
    return message(reader, into.emplace_back(), known);
  }

  // Its fields are read when it is asked for, first by the check.
  bool sample(pbf_reader &in, SampleList &samples) {
    if (in.wire_type() != pbf_wire_type::length_delimited) return false;
    spend(kElementsPerMessage);
    const protozero::data_view bytes = in.get_view();
    samples.add_bytes({bytes.data(), bytes.size()});
    return true;
  }

  bool profile_field(pbf_reader &in, Profile &profile) {
    namespace tag = field::profile;
    switch (in.tag()) {
      case tag::kSampleType: return messages(in, profile.sample_types, &Parser::value_type_field);
      case tag::kSample: return sample(in, profile.samples);
      case tag::kMapping: return messages(in, profile.mappings, &Parser::mapping_field);
      case tag::kLocation: return messages(in, profile.locations, &Parser::location_field);
      case tag::kFunction: return messages(in, profile.functions, &Parser::function_field);
      case tag::kString:
        if (in.wire_type() != pbf_wire_type::length_delimited) return false;
        spend(kElementsPerMessage);
        profile.strings.push_back(in.get_string());
        return true;
      case tag::kDropFrames: return number(in, profile.drop_frames);
      case tag::kKeepFrames: return number(in, profile.keep_frames);
      case tag::kTime: return number(in, profile.time_ns);
      case tag::kDuration: return number(in, profile.duration_ns);
      case tag::kPeriodType:
        profile.has_period_type = message(in, profile.period_type, &Parser::value_type_field);
        return profile.has_period_type;
      case tag::kPeriod: return number(in, profile.period);
      case tag::kComment: return numbers(in, profile.comments);
      case tag::kDefaultSampleType: return number(in, profile.default_sample_type);
      default: return false;
    }
  }

  bool value_type_field(pbf_reader &in, ValueType &type) {
    switch (in.tag()) {
      case field::value_type::kType: return number(in, type.type);
      case field::value_type::kUnit: return number(in, type.unit);
      default: return false;
    }
  }

  bool mapping_field(pbf_reader &in, Mapping &mapping) {
    namespace tag = field::mapping;
    switch (in.tag()) {
      case tag::kId: return number(in, mapping.id);
      case tag::kMemoryStart: return number(in, mapping.memory_start);
      case tag::kMemoryLimit: return number(in, mapping.memory_limit);
      case tag::kFileOffset: return number(in, mapping.file_offset);
      case tag::kFileName: return number(in, mapping.file_name);
      case tag::kBuildId: return number(in, mapping.build_id);
      case tag::kHasFunctions: return number(in, mapping.has_functions);
      case tag::kHasFileNames: return number(in, mapping.has_file_names);
      case tag::kHasLineNumbers: return number(in, mapping.has_line_numbers);
      case tag::kHasInlineFrames: return number(in, mapping.has_inline_frames);
      default: return false;
    }
  }

  bool location_field(pbf_reader &in, Location &location) {
    switch (in.tag()) {
      case field::location::kId: return number(in, location.id);
      case field::location::kMappingId: return number(in, location.mapping_id);
      case field::location::kAddress: return number(in, location.address);
      case field::location::kLine: return messages(in, location.lines, &Parser::line_field);
      case field::location::kIsFolded: return number(in, location.is_folded);
      default: return false;
    }
  }

  bool line_field(pbf_reader &in, Line &line) {
    switch (in.tag()) {
      case field::line::kFunctionId: return number(in, line.function_id);
      case field::line::kLine: return number(in, line.line);
      default: return false;
    }
  }

  bool function_field(pbf_reader &in, Function &function) {
    switch (in.tag()) {
      case field::function::kId: return number(in, function.id);
      case field::function::kName: return number(in, function.name);
      case field::function::kSystemName: return number(in, function.system_name);
      case field::function::kFileName: return number(in, function.file_name);
      case field::function::kStartLine: return number(in, function.start_line);
      default: return false;
    }
  }

  size_t elements_ = 0;
};

}  // namespace

Profile parse_profile(std::string bytes, const std::string &path, SampleVisitor *visitor) {
  Profile profile;
  std::string defect;
  try {
    profile = Parser().parse(std::move(bytes));
    defect = find_inconsistency(profile, visitor);
  } catch (const TooManyElements &) {
    throw file_error(path, "holds more records than any lockwrap profile can have; check that it is the right file");
  } catch (const protozero::exception &) {
    throw file_error(path, "is not a profile, or a damaged one; copy it again or let the program write it again");
  }
  if (!defect.empty()) {
    throw file_error(path, "is damaged (" + defect + "); copy it again or let the program write it again");
  }
  return profile;
}

}  // namespace lockwrap::cli
