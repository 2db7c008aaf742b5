// The profile itself, named and cut to one side.
#include <algorithm>

#include "export/export_formats.h"
#include "profile/profile_writer.h"
#include "names/symbolize_profile.h"

namespace lockwrap::cli {
namespace {

void keep_side(Profile &profile, const LockProfile &locks, Side side) {
  SampleList kept;
  for (size_t index = 0; index < profile.samples.size(); ++index) {
    if (locks.samples[locks.sample_of[index]].side == side) kept.add_bytes(profile.samples.bytes_of(index));
  }
  profile.samples = std::move(kept);
}

}  // namespace

void export_pprof(NamedProfile &profile, std::optional<Side> side, const OutputSink &out) {
  Profile &result = profile.profile();  // it is not used any more
  Symbolizer *symbolizer = profile.symbolizer();
  if (symbolizer != nullptr) symbolize_profile(result, profile.locks(), profile.lock_names(), profile.places(), *symbolizer);
  if (side) keep_side(result, profile.locks(), *side);
  write_profile(result, out);
}

}  // namespace lockwrap::cli
