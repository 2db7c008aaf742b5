// The build-id decides; the segment only says where the program was loaded.
#include "names/profile_binary.h"

#include <filesystem>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

uint64_t checked_bias(const ElfBinary &elf, const Mapping &mapping, const std::string &build_id,
                      const std::string &profile_path) {
  const std::string found = elf.build_id();
  if (!build_id.empty() && found != build_id) {
    throw file_error(elf.path(), "is another build than the one that wrote " + profile_path + " (build-id " +
                                     (found.empty() ? "none" : found) + ", the profile has " + build_id +
                                     "); give the right executable with --binary");
  }
  const std::optional<uint64_t> bias = elf.bias(mapping.memory_start, mapping.file_offset);
  if (!bias) {
    throw file_error(elf.path(), "has no code at the file offset that " + profile_path +
                                     " was mapped from; give the executable that wrote it with --binary");
  }
  return *bias;
}

bool has_build_id(const std::string &path, const std::string &build_id) {
  try {
    return ElfBinary(path).build_id() == build_id;
  } catch (const CommandError &) {
    return false;
  }
}

// The program, or what strip took from it, in the debug directories; "" when it is in none. The program comes first: its debug file is then
// found as for any program. One that was linked without a build-id can only be found by its name, and only by a profile that has none.
std::string find_program(const std::string &build_id, const std::string &program, const BinaryChoice &choice) {
  std::vector<std::string> candidates;
  const std::string by_id = build_id.size() > 2 ? "/.build-id/" + build_id.substr(0, 2) + "/" + build_id.substr(2) : "";
  const std::string by_name = "/" + std::filesystem::path(program).filename().string();
  for (const std::string &directory : choice.debug_directories) {
    if (!by_id.empty()) candidates.insert(candidates.end(), {directory + by_id, directory + by_id + ".debug"});
    candidates.push_back(directory + by_name);
  }
  if (!by_id.empty()) candidates.push_back("/usr/lib/debug" + by_id + ".debug");
  for (const std::string &candidate : candidates) {
    if (has_build_id(candidate, build_id)) return candidate;
  }
  return "";
}

}  // namespace

ProfileBinary::ProfileBinary(const std::string &path, const BinaryChoice &choice, const Mapping &mapping, const std::string &build_id,
                             const std::string &profile_path)
    : elf(path, choice.debug_directories), symbolizer(elf, checked_bias(elf, mapping, build_id, profile_path), choice.uses_cache) {}

const Mapping *executable_mapping(const Profile &profile) {
  for (const Mapping &mapping : profile.mappings) {
    if (mapping.id == 1) return &mapping;
  }
  return nullptr;
}

std::unique_ptr<ProfileBinary> open_profile_binary(const Profile &profile, const std::string &profile_path,
                                                   const BinaryChoice &choice) {
  const Mapping *mapping = executable_mapping(profile);
  if (mapping == nullptr) {
    throw file_error(profile_path, "does not say where the program was loaded (it has no mapping 1); let the program write it again");
  }
  const std::string build_id = profile.text(mapping->build_id);
  const auto open = [&](const std::string &path) {
    return std::make_unique<ProfileBinary>(path, choice, *mapping, build_id, profile_path);
  };
  if (!choice.path.empty()) return open(choice.path);

  // A profile from a container or another machine names a program that is not here, or is another one here.
  const std::string path = profile.text(mapping->file_name);
  if (has_build_id(path, build_id)) return open(path);
  const std::string found = find_program(build_id, path, choice);
  if (!found.empty()) return open(found);
  const std::string elsewhere = build_id.empty() ? "" : " (no program with build-id " + build_id + " is in " +
      (choice.debug_directories.empty() ? "" : "the folders given with --debug-directory or in ") + "/usr/lib/debug either)";
  if (path.empty()) throw file_error(profile_path, "does not say which program wrote it; give the executable with --binary" + elsewhere);
  try {
    return open(path);
  } catch (const CommandError &error) {
    throw CommandError(error.what() + elsewhere);
  }
}

}  // namespace lockwrap::cli
