// The checks of profile_check.h, in the order of the file format.
#include "profile/profile_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/in_parallel.h"
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

  static constexpr const char *kNoString = " is not in the string table";
  bool is_string(int64_t index) const { return index >= 0 && static_cast<uint64_t>(index) < profile_.strings.size(); }
  void string(int64_t index, const char *what) {
    if (!is_string(index)) fail(std::string(what) + kNoString);
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

  std::string defect_of(const Sample &sample) const {
    if (sample.values.size() != profile_.sample_types.size()) return "a sample has too many or too few values";
    for (const uint64_t id : sample.location_ids) {
      if (location_ids_.find(id) == nullptr) return "a sample names a location that is not there";
    }
    for (const Label &label : sample.labels) {
      if (!is_string(label.key)) return "a label's key" + std::string(kNoString);
      if (!is_string(label.text)) return "a label's text" + std::string(kNoString);
      if (!is_string(label.number_unit)) return "a label's unit" + std::string(kNoString);
    }
    return "";
  }

  // Samples that were decoded and checked together.
  struct Batch {
    std::vector<Sample> samples;  // behind `count` there is memory for others
    size_t count = 0;
    std::string defect;           // of the next one
    bool is_usual = true;         // no sample is large: their memory may serve others
  };
  static constexpr size_t kMostOfBatch = 2048;
  // Of a hostile file a byte may become fifty in memory. What the runtime writes of one sample is 500 bytes at most.
  static constexpr size_t kMostBytesOfBatch = 1 << 20, kUsualBytesOfSample = 1 << 10;

  // `batch` is one that is not needed any more.
  Batch decoded(size_t first, Batch batch) const {
    size_t end = first;
    bool is_usual = true;
    for (size_t bytes = 0; end < profile_.samples.size() && end - first < kMostOfBatch; ++end) {
      const size_t of_sample = profile_.samples.bytes_of(end).size();
      if (end > first && bytes + of_sample > kMostBytesOfBatch) break;
      bytes += of_sample;
      is_usual = is_usual && of_sample <= kUsualBytesOfSample;
    }
    if (!is_usual || !batch.is_usual) batch.samples = {};
    batch.is_usual = is_usual;
    if (batch.samples.size() < end - first) batch.samples.resize(end - first);
    for (batch.count = 0; first + batch.count < end; ++batch.count) {
      Sample &sample = batch.samples[batch.count];
      profile_.samples.read(first + batch.count, sample);
      batch.defect = defect_of(sample);
      if (!batch.defect.empty()) break;
    }
    return batch;
  }

  // Of a large profile the next batch is decoded while the visitor sees one.
  void check_samples() {
    if (visitor_ != nullptr) visitor_->start(profile_);
    LongWork work("read", profile_.samples.size(), " samples");
    Batch spare, present = decoded(0, {});
    for (size_t seen = 0;;) {
      std::future<Batch> next;
      const size_t end = seen + present.count;
      if (present.defect.empty() && end < profile_.samples.size()) next = in_parallel([this, end, &spare] { return decoded(end, std::move(spare)); });
      for (size_t index = 0; visitor_ != nullptr && index < present.count; ++index) {
        work.came_to(seen + index);
        visitor_->see(profile_, present.samples[index]);
      }
      if (!next.valid()) return fail(present.defect);
      seen = end;
      spare = std::exchange(present, next.get());
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
