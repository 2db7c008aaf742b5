// The checks of profile_check.h, in the order of the file format.
#include "profile/profile_check.h"

#include "base/long_work.h"
#include "profile/id_table.h"

namespace lockwrap::cli {
namespace {

class Checker {
 public:
  Checker(const Profile &profile, SampleVisitor *visitor)
      : profile_(profile), visitor_(visitor), mapping_ids_(profile.mappings.size()), location_ids_(profile.locations.size()), function_ids_(profile.functions.size()) {}

  std::string defect() {
    if (profile_.strings.empty()) return "it has no string table";
    if (!profile_.strings.front().empty()) return "its string table does not begin with an empty string";
    check_header();
    collect(profile_.mappings, mapping_ids_, "mapping");
    collect(profile_.locations, location_ids_, "location");
    collect(profile_.functions, function_ids_, "function");
    for (const Mapping &mapping : profile_.mappings) {
      string(mapping.file_name, "a mapping's file name");
      string(mapping.build_id, "a mapping's build-id");
    }
    for (const Function &function : profile_.functions) {
      string(function.name, "a function's name");
      string(function.system_name, "a function's system name");
      string(function.file_name, "a function's file name");
    }
    check_locations();
    if (defect_.empty()) check_samples();
    return defect_;
  }

 private:
  struct Nothing {};
  using Ids = IdTable<Nothing>;

  void fail(const std::string &what) {
    if (defect_.empty()) defect_ = what;
  }

  void string(int64_t index, const char *what) {
    if (index < 0 || static_cast<uint64_t>(index) >= profile_.strings.size()) {
      fail(std::string(what) + " is not in the string table");
    }
  }

  template <typename Message>
  void collect(const std::vector<Message> &messages, Ids &ids, const char *what) {
    for (const Message &message : messages) {
      if (message.id == 0) fail(std::string("a ") + what + " has the number 0");
      if (!ids.add(message.id, {})) fail(std::string("two ") + what + "s have the same number");
    }
  }

  void check_header() {
    for (const ValueType &type : profile_.sample_types) value_type(type);
    value_type(profile_.period_type);
    for (const int64_t comment : profile_.comments) string(comment, "a comment");
    string(profile_.drop_frames, "drop_frames");
    string(profile_.keep_frames, "keep_frames");
    string(profile_.default_sample_type, "the default sample type");
  }

  void value_type(const ValueType &type) {
    string(type.type, "a sample type");
    string(type.unit, "a sample type's unit");
  }

  void check_locations() {
    for (const Location &location : profile_.locations) {
      if (location.mapping_id != 0 && mapping_ids_.find(location.mapping_id) == nullptr) {
        fail("a location lies in a mapping that is not there");
      }
      for (const Line &line : location.lines) {
        if (line.function_id != 0 && function_ids_.find(line.function_id) == nullptr) {
          fail("a location names a function that is not there");
        }
      }
    }
  }

  void check_samples() {
    Sample sample;
    if (visitor_ != nullptr) visitor_->start(profile_);
    LongWork work("read", profile_.samples.size(), " samples");
    for (size_t index = 0; index < profile_.samples.size(); ++index) {
      work.came_to(index);
      profile_.samples.read(index, sample);
      if (sample.values.size() != profile_.sample_types.size()) fail("a sample has too many or too few values");
      for (const uint64_t id : sample.location_ids) {
        if (location_ids_.find(id) == nullptr) fail("a sample names a location that is not there");
      }
      for (const Label &label : sample.labels) {
        string(label.key, "a label's key");
        string(label.text, "a label's text");
        string(label.number_unit, "a label's unit");
      }
      if (!defect_.empty()) return;
      if (visitor_ != nullptr) visitor_->see(profile_, sample);
    }
  }

  const Profile &profile_;
  SampleVisitor *visitor_;
  Ids mapping_ids_, location_ids_, function_ids_;
  std::string defect_;
};

}  // namespace

std::string find_inconsistency(const Profile &profile, SampleVisitor *visitor) { return Checker(profile, visitor).defect(); }

}  // namespace lockwrap::cli
