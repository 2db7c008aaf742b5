// The build-id decides; the segment only says where the program was loaded.
#include "profile_binary.h"

#include "error.h"

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

}  // namespace

ProfileBinary::ProfileBinary(const std::string &path, const std::vector<std::string> &debug_directories,
                             const Mapping &mapping, const std::string &build_id, const std::string &profile_path)
    : elf(path, debug_directories), symbolizer(elf, checked_bias(elf, mapping, build_id, profile_path)) {}

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
  const std::string path = choice.path.empty() ? profile.text(mapping->file_name) : choice.path;
  if (path.empty()) {
    throw file_error(profile_path, "does not say which program wrote it; give the executable with --binary");
  }
  return std::make_unique<ProfileBinary>(path, choice.debug_directories, *mapping, profile.text(mapping->build_id),
                                         profile_path);
}

}  // namespace lockwrap::cli
