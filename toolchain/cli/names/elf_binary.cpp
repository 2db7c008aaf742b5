// libdwfl as for a core file of one module, at base 0: then its addresses are those of the file, for PIE and static alike.
#include "names/elf_binary.h"

#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

// elfutils' own default is ":.debug:/usr/lib/debug"; "" is the program's folder, a "-" means without checking the CRC.
std::string search_path(const std::vector<std::string> &debug_directories) {
  std::string path;
  for (const std::string &directory : debug_directories) {
    char *absolute = realpath(directory.c_str(), nullptr);
    path += std::string(":") + (absolute != nullptr ? absolute : directory.c_str());
    free(absolute);
  }
  return "+" + path + ":.debug:/usr/lib/debug";
}

int open_program(const std::string &path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    throw file_error(path, std::string("cannot be opened (") + strerror(errno) + "); check the path given as the binary");
  }
  unsigned char start[EI_NIDENT] = {};
  const bool is_elf = S_ISREG(status.st_mode) && pread(descriptor, start, sizeof start, 0) == sizeof start &&
                      memcmp(start, ELFMAG, SELFMAG) == 0;
  if (is_elf) return descriptor;
  close(descriptor);
  throw file_error(path, "is not an ELF program; name the executable that wrote the profile");
}

// The section headers come last in a file: without them it was cut, and would silently have no names.
bool is_whole(Dwfl_Module *module, const std::string &path) {
  GElf_Addr bias;
  GElf_Ehdr header;
  struct stat status;
  Elf *elf = dwfl_module_getelf(module, &bias);
  if (elf == nullptr || gelf_getehdr(elf, &header) == nullptr || stat(path.c_str(), &status) != 0) return false;
  const auto file_bytes = static_cast<uint64_t>(status.st_size);
  const uint64_t table_bytes = uint64_t{header.e_shnum} * header.e_shentsize;
  return header.e_shoff <= file_bytes && table_bytes <= file_bytes - header.e_shoff;
}

}  // namespace

ElfBinary::ElfBinary(const std::string &path, const std::vector<std::string> &debug_directories)
    : path_(path), debug_directories_(debug_directories), debug_path_(search_path(debug_directories)), debug_path_pointer_(debug_path_.data()), callbacks_{} {
  unsetenv("DEBUGINFOD_URLS");  // elfutils would ask these servers
  const int descriptor = open_program(path);
  callbacks_.find_elf = dwfl_build_id_find_elf;
  callbacks_.find_debuginfo = dwfl_standard_find_debuginfo;
  callbacks_.section_address = dwfl_offline_section_address;
  callbacks_.debuginfo_path = &debug_path_pointer_;
  dwfl_ = dwfl_begin(&callbacks_);
  if (dwfl_ == nullptr) {
    close(descriptor);
    throw std::bad_alloc();
  }
  dwfl_report_begin(dwfl_);
  module_ = dwfl_report_elf(dwfl_, "program", path.c_str(), descriptor, 0, true);
  if (module_ == nullptr) {
    const std::string reason = dwfl_errmsg(-1);
    close(descriptor);
    dwfl_end(dwfl_);
    throw file_error(path, "cannot be read as an ELF program (" + reason + "); name the executable that wrote the profile");
  }
  dwfl_report_end(dwfl_, nullptr, nullptr);
  if (!is_whole(module_, path)) {
    dwfl_end(dwfl_);
    throw file_error(path, "is truncated; copy the executable again");
  }
}

ElfBinary::~ElfBinary() { dwfl_end(dwfl_); }

std::string ElfBinary::build_id() const {
  const unsigned char *bits = nullptr;
  GElf_Addr address;
  const int size = dwfl_module_build_id(module_, &bits, &address);
  std::string text;
  for (int index = 0; index < size; ++index) {
    constexpr char kDigits[] = "0123456789abcdef";
    text += kDigits[bits[index] >> 4];
    text += kDigits[bits[index] & 15];
  }
  return text;
}

bool ElfBinary::has_symbol_table() const {
  GElf_Addr elf_bias;
  Elf *elf = dwfl_module_getelf(module_, &elf_bias);
  for (Elf_Scn *section = nullptr; elf != nullptr && (section = elf_nextscn(elf, section)) != nullptr;) {
    GElf_Shdr header;
    if (gelf_getshdr(section, &header) != nullptr && header.sh_type == SHT_SYMTAB) return true;
  }
  return false;
}

bool ElfBinary::covers(uint64_t address) const {
  GElf_Addr elf_bias;
  Elf *elf = dwfl_module_getelf(module_, &elf_bias);
  size_t count = 0;
  if (elf == nullptr || elf_getphdrnum(elf, &count) != 0) return false;
  for (size_t index = 0; index < count; ++index) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(index), &header) == nullptr || header.p_type != PT_LOAD) continue;
    if (address >= header.p_vaddr && address - header.p_vaddr < header.p_memsz) return true;
  }
  return false;
}

std::optional<uint64_t> ElfBinary::bias(uint64_t memory_start, uint64_t file_offset) const {
  GElf_Addr elf_bias;
  Elf *elf = dwfl_module_getelf(module_, &elf_bias);
  size_t count = 0;
  if (elf == nullptr || elf_getphdrnum(elf, &count) != 0) return std::nullopt;
  std::vector<GElf_Phdr> executable;
  for (size_t index = 0; index < count; ++index) {
    GElf_Phdr header;
    if (gelf_getphdr(elf, static_cast<int>(index), &header) == nullptr) continue;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) executable.push_back(header);
  }
  // A mapping may begin at the page below the segment, as /proc/self/maps has it.
  constexpr uint64_t kLargestPage = 64 * 1024;
  for (const GElf_Phdr &header : executable) {
    if (file_offset <= header.p_offset && header.p_offset - file_offset < kLargestPage) {
      return memory_start + (header.p_offset - file_offset) - header.p_vaddr;
    }
  }
  // A debug file given as the binary (objcopy --only-keep-debug) keeps p_vaddr but not p_offset.
  if (executable.size() == 1) return memory_start - executable.front().p_vaddr;
  return std::nullopt;
}

}  // namespace lockwrap::cli
