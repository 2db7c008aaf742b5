#include "names/named_profile.h"

#include <iostream>

#include "base/error.h"
#include "names/lock_names.h"
#include "profile/profile_reader.h"

namespace lockwrap::cli {
namespace {

// Without --binary the program's absence only costs the names.
std::unique_ptr<ProfileBinary> find_binary(const Profile &profile, const std::string &path, const BinaryChoice &choice) {
  const Mapping *mapping = executable_mapping(profile);
  const bool has_names = mapping != nullptr && mapping->has_functions;
  if (!choice.path.empty()) return open_profile_binary(profile, path, choice);
  if (has_names) return nullptr;
  try {
    return open_profile_binary(profile, path, choice);
  } catch (const CommandError &error) {
    std::cerr << "lockwrap: warning: addresses are shown instead of names: " << error.what() << "\n";
    return nullptr;
  }
}

// The same build, loaded at the same place.
bool is_of_same_process(const Profile &left, const Profile &right) {
  const Mapping *one = executable_mapping(left), *other = executable_mapping(right);
  return one != nullptr && other != nullptr && one->memory_start == other->memory_start && one->file_offset == other->file_offset &&
         left.text(one->build_id) == right.text(other->build_id) && left.text(one->file_name) == right.text(other->file_name);
}

}  // namespace

NamedProfile::NamedProfile(const std::string &path, const BinaryChoice &choice, const NamedProfile *earlier)
    : path_(path),
      profile_(read_profile(path)),
      locks_(read_locks(profile_, path)),
      binary_(earlier != nullptr && is_of_same_process(profile_, earlier->profile_) ? earlier->binary_ : find_binary(profile_, path, choice)),
      frames_(profile_, symbolizer()),
      places_(locks_, frames_),
      stack_names_(locks_, frames_) {}

NamedProfile::NamedProfile(Profile profile, const std::string &path)
    : path_(path), profile_(std::move(profile)), locks_(read_locks(profile_, path)), frames_(profile_, nullptr), places_(locks_, frames_), stack_names_(locks_, frames_) {}

const std::map<uint64_t, std::string> &NamedProfile::lock_names() {
  if (lock_names_.empty()) lock_names_ = name_locks(locks_, places_, symbolizer());
  return lock_names_;
}

}  // namespace lockwrap::cli
