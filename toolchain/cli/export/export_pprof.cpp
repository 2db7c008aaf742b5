// The profile itself, named, cut to one side, and without what would stand above everything in another viewer: the functions that only carry a lock
// call, and the lines of comment that only this command reads.
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "export/export_formats.h"
#include "names/lock_plumbing.h"
#include "names/symbolize_profile.h"
#include "profile/comment_line.h"
#include "profile/id_table.h"
#include "profile/profile_writer.h"

namespace lockwrap::cli {
namespace {

// Takes the plumbing from the innermost end of stacks, unless a stack is nothing else.
class PlumbingCutter {
 public:
  explicit PlumbingCutter(Profile &profile) : is_plumbing_(profile.locations.size()) {
    std::unordered_map<uint64_t, bool> functions;
    for (const Function &function : profile.functions) functions.emplace(function.id, is_lock_plumbing(profile.text(function.name)));
    for (Location &location : profile.locations) {
      const auto first = std::find_if(location.lines.begin(), location.lines.end(), [&](const Line &line) {
        const auto function = functions.find(line.function_id);
        return function == functions.end() || !function->second;
      });
      const bool is_all = first == location.lines.end() && !location.lines.empty();
      is_plumbing_.add(location.id, is_all);
      if (!is_all) location.lines.erase(location.lines.begin(), first);  // inlined
    }
  }

  void cut(Sample &sample) const {
    const auto first = std::find_if(sample.location_ids.begin(), sample.location_ids.end(), [&](uint64_t id) {
      const bool *is_plumbing = is_plumbing_.find(id);
      return is_plumbing == nullptr || !*is_plumbing;
    });
    if (first != sample.location_ids.end()) sample.location_ids.erase(sample.location_ids.begin(), first);
  }

 private:
  IdTable<bool> is_plumbing_;
};

// pprof prints all comments before anything else. The first one stays: this command knows the profile by it.
void drop_comments(Profile &profile) {
  std::erase_if(profile.comments, [&](int64_t index) {
    const std::string kind = parse_comment(profile.text(index)).kind;
    return !kind.empty() && kind != "process";
  });
}

}  // namespace

void export_pprof(NamedProfile &profile, std::optional<Side> side, const OutputSink &out) {
  Profile &result = profile.profile();  // it is not used any more
  Symbolizer *symbolizer = profile.symbolizer();
  EditSample label;
  if (symbolizer != nullptr) label = symbolize_profile(result, profile.locks(), profile.lock_names(), profile.places(), *symbolizer);
  const PlumbingCutter cutter(result);
  drop_comments(result);
  const LockProfile &locks = profile.locks();
  const auto edit = [&](size_t index, Sample &sample) {
    if (side && locks.samples[locks.sample_of[index]].side != *side) return false;
    if (label) label(index, sample);
    cutter.cut(sample);
    return true;
  };
  write_profile(result, edit, out);
}

}  // namespace lockwrap::cli
