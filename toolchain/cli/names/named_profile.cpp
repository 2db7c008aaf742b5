#include "names/named_profile.h"

#include <algorithm>
#include <iostream>

#include "base/error.h"
#include "names/lock_names.h"
#include "names/missing_names.h"

namespace lockwrap::cli {
namespace {

bool wants_names(const LockProfile &locks) {
  return !locks.samples.empty() ||
         std::any_of(locks.locks.begin(), locks.locks.end(), [](const auto &entry) { return entry.second.wait_ns > 0 || entry.second.contentions > 0; });
}

// Without --binary the program's absence only costs the names, and not even these when nothing has to be named.
std::unique_ptr<ProfileBinary> find_binary(const Profile &profile, const LockProfile &locks, const std::string &path, const BinaryChoice &choice) {
  const Mapping *mapping = executable_mapping(profile);
  const bool has_names = mapping != nullptr && mapping->has_functions;
  if (!choice.path.empty()) return open_profile_binary(profile, path, choice);
  if (has_names) return nullptr;
  try {
    return open_profile_binary(profile, path, choice);
  } catch (const CommandError &error) {
    if (wants_names(locks)) std::cerr << "lockwrap: warning: addresses are shown instead of names: " << error.what() << "\n";
    return nullptr;
  }
}

// The same build, loaded at the same place.
bool is_of_same_process(const Profile &left, const Profile &right) {
  const Mapping *one = executable_mapping(left), *other = executable_mapping(right);
  return one != nullptr && other != nullptr && one->memory_start == other->memory_start && one->file_offset == other->file_offset &&
         left.text(one->build_id) == right.text(other->build_id) && left.text(one->file_name) == right.text(other->file_name);
}

// Asks for what every command wants to know, which is kept: where was waited and held. Only if nothing of it has a line, also for the callers:
// the waits may all be in a library without debug information.
void ask_for_names(const LockProfile &locks, const Symbolizer &symbolizer, FrameSource &frames) {
  for (const LockSample &sample : locks.samples) frames.frames_at(sample.site);
  for (size_t index = 0; index < locks.samples.size() && symbolizer.answers().with_line == 0; ++index) {
    for (const uint32_t number : locks.samples[index].stack) frames.frames_at(locks.addresses[number]);
  }
}

}  // namespace

NamedProfile::NamedProfile(const std::string &path, const BinaryChoice &choice, RawSamples raw)
    : NamedProfile(read_profile_and_locks(path, raw), path, choice) {}

NamedProfile::NamedProfile(ProfileAndLocks read, const std::string &path, const BinaryChoice &choice, const NamedProfile *earlier)
    : path_(path),
      profile_(std::move(read.profile)),
      locks_(std::move(read.locks)),
      binary_(earlier != nullptr && wants_names(earlier->locks_) && is_of_same_process(profile_, earlier->profile_)
                  ? earlier->binary_
                  : find_binary(profile_, locks_, path, choice)),
      frames_(profile_, symbolizer()),
      places_(locks_, frames_),
      stack_names_(locks_, frames_) {
  if (binary_ == nullptr) return;
  ask_for_names(locks_, binary_->symbolizer, frames_);
  warn_of_missing_names(binary_->elf, binary_->symbolizer);
}

NamedProfile::NamedProfile(ProfileAndLocks read, const std::string &path)
    : path_(path), profile_(std::move(read.profile)), locks_(std::move(read.locks)), frames_(profile_, nullptr), places_(locks_, frames_), stack_names_(locks_, frames_) {}

const std::map<uint64_t, std::string> &NamedProfile::lock_names() {
  if (lock_names_.empty()) lock_names_ = name_locks(locks_, places_, symbolizer());
  return lock_names_;
}

}  // namespace lockwrap::cli
