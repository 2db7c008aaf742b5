// The profile itself, named and cut to one side.
#include <algorithm>

#include "export/export_formats.h"
#include "profile/gzip_file.h"
#include "profile/profile_writer.h"
#include "names/symbolize_profile.h"

namespace lockwrap::cli {
namespace {

void keep_side(Profile &profile, const LockProfile &locks, Side side) {
  SampleList kept;
  for (size_t index = 0; index < profile.samples.size(); ++index) {
    if (locks.samples[index].side == side) kept.add_bytes(profile.samples.bytes_of(index));  // read_locks keeps the order
  }
  profile.samples = std::move(kept);
}

}  // namespace

std::string export_pprof(NamedProfile &profile, std::optional<Side> side) {
  Profile result = profile.profile();
  Symbolizer *symbolizer = profile.symbolizer();
  if (symbolizer != nullptr) symbolize_profile(result, profile.locks(), profile.lock_names(), profile.places(), *symbolizer);
  if (side) keep_side(result, profile.locks(), *side);
  return gzip_bytes(serialize_profile(result));
}

}  // namespace lockwrap::cli
