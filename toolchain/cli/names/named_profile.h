// A profile as every command wants it: read, checked, and with names for its addresses and locks.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "names/frame_source.h"
#include "names/lock_places.h"
#include "profile/lock_profile.h"
#include "profile/profile.h"
#include "names/profile_binary.h"
#include "names/stack_names.h"

namespace lockwrap::cli {

class NamedProfile {
 public:
  // Names come from the profile itself, if `symbolize` has put them there, else from the program: the one chosen, else the one that the
  // profile names, whose absence only costs the names (a warning on stderr, as for a program that has been stripped).
  // CommandError: the profile cannot be read, or the chosen binary cannot, or is another build.
  NamedProfile(const std::string &path, const BinaryChoice &choice, RawSamples raw = RawSamples::kForgotten);
  // The same of one that is read already. `earlier`: another profile of the same process, whose binary is then not opened and read again; may be null.
  NamedProfile(ProfileAndLocks read, const std::string &path, const BinaryChoice &choice, const NamedProfile *earlier = nullptr);
  // With the names that it carries itself.
  NamedProfile(ProfileAndLocks read, const std::string &path);
  NamedProfile(const NamedProfile &) = delete;
  NamedProfile &operator=(const NamedProfile &) = delete;

  const std::string &path() const { return path_; }
  const Profile &profile() const { return profile_; }
  Profile &profile() { return profile_; }  // its mappings stay as they are
  const LockProfile &locks() const { return locks_; }
  FrameSource &frames() { return frames_; }
  LockPlaces &places() { return places_; }
  StackNames &stack_names() { return stack_names_; }
  const ElfBinary *program() const { return binary_ != nullptr ? &binary_->elf : nullptr; }  // may be null
  Symbolizer *symbolizer() { return binary_ != nullptr ? &binary_->symbolizer : nullptr; }  // may be null

  // By lock id, as lock_names.h says.
  const std::map<uint64_t, std::string> &lock_names();

 private:
  std::string path_;
  Profile profile_;
  LockProfile locks_;
  std::shared_ptr<ProfileBinary> binary_;
  FrameSource frames_;
  LockPlaces places_;
  StackNames stack_names_;
  std::map<uint64_t, std::string> lock_names_;
};

}  // namespace lockwrap::cli
