// Finds the program that wrote a profile and makes sure that it is the same build: names from another build would be
// plausible and wrong.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "names/elf_binary.h"
#include "profile/profile.h"
#include "names/symbolizer.h"

namespace lockwrap::cli {

struct BinaryChoice {
  std::string path;                            // --binary; "" takes the path in the profile, or looks for its build-id
  std::vector<std::string> debug_directories;  // --debug-directory
  bool uses_cache = true;                      // not --no-cache
};

struct ProfileBinary {
  ElfBinary elf;
  Symbolizer symbolizer;

  // `path` instead of the choice's.
  ProfileBinary(const std::string &path, const BinaryChoice &choice, const Mapping &mapping,
                const std::string &build_id, const std::string &profile_path);
};

// Number 1, the executable; null when the profile has none.
const Mapping *executable_mapping(const Profile &profile);

// Without --binary: the file that the profile names if that is the same build; else what has its build-id in the debug directories, as
// DIR/.build-id/xx/yyyy, the same with .debug, or DIR/NAME; with no build-id in both, DIR/NAME.
// CommandError: no such file, not an ELF program, another build. A profile or program without a build-id is taken as
// matching.
std::unique_ptr<ProfileBinary> open_profile_binary(const Profile &profile, const std::string &profile_path,
                                                   const BinaryChoice &choice);

}  // namespace lockwrap::cli
