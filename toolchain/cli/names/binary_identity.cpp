#include "names/binary_identity.h"

#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

struct Sections {
  bool has_debug_information = false;
  bool has_other_file = false;  // .gnu_debugaltlink
  std::string debug_link;       // the name in .gnu_debuglink; "" when there is none
};

Sections sections_of(Elf *elf) {
  Sections found;
  size_t names = 0;
  if (elf == nullptr || elf_getshdrstrndx(elf, &names) != 0) return found;
  for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) == nullptr || header.sh_type == SHT_NOBITS) continue;
    const char *text = elf_strptr(elf, names, header.sh_name);
    const std::string_view name = text == nullptr ? "" : text;
    if (name == ".debug_info" || name == ".zdebug_info") found.has_debug_information = true;
    if (name == ".gnu_debugaltlink") found.has_other_file = true;
    if (name != ".gnu_debuglink") continue;
    const Elf_Data *data = elf_rawdata(section, nullptr);
    if (data == nullptr || data->d_buf == nullptr) continue;
    const std::string_view content(static_cast<const char *>(data->d_buf), data->d_size);
    found.debug_link = std::string(content.substr(0, content.find('\0')));
  }
  return found;
}

std::string state_of(const struct stat &status) {
  return std::to_string(status.st_size) + " bytes of " + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

// As elfutils will find it when the names are asked for. It is not asked about `elf` itself: elfutils puts what it has opened for its check
// into the module and leaves it there half prepared.
std::optional<std::string> state_of_debug_file(const ElfBinary &elf, const std::string &debug_link) {
  const ElfBinary probe(elf.path(), elf.debug_directories());
  char *found = nullptr;
  const char *link = debug_link.empty() ? nullptr : debug_link.c_str();
  const int descriptor =
      dwfl_standard_find_debuginfo(probe.module(), nullptr, "program", 0, elf.path().c_str(), link, 0, &found);
  free(found);
  if (descriptor < 0) return std::nullopt;
  struct stat status;
  const bool is_there = fstat(descriptor, &status) == 0;
  elf_version(EV_CURRENT);
  const std::unique_ptr<Elf, int (*)(Elf *)> file(elf_begin(descriptor, ELF_C_READ_MMAP, nullptr), elf_end);
  const Sections sections = sections_of(file.get());
  close(descriptor);
  if (!is_there || !sections.has_debug_information || sections.has_other_file) return std::nullopt;
  return state_of(status);
}

}  // namespace

std::string identity_of(const ElfBinary &elf) {
  GElf_Addr bias;
  struct stat status;
  const Sections sections = sections_of(dwfl_module_getelf(elf.module(), &bias));
  if (elf.build_id().empty() || sections.has_other_file || stat(elf.path().c_str(), &status) != 0) return "";
  const std::string identity = elf.build_id() + ", " + state_of(status);
  if (sections.has_debug_information) return identity;
  const std::optional<std::string> debug_file = state_of_debug_file(elf, sections.debug_link);
  return debug_file ? identity + ", debug file " + *debug_file : "";
}

}  // namespace lockwrap::cli
