// By the dynamic section's addresses, not by section names, which a stripped program need not have.
#include "check/dynamic_links.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace lockwrap::cli {
namespace {

// The relocation that only adds the program's base to a word: R_*_RELATIVE.
bool is_relative(uint16_t machine, uint64_t type) {
  switch (machine) {
    case EM_X86_64: return type == R_X86_64_RELATIVE;
    case EM_386: return type == R_386_RELATIVE;
    case EM_AARCH64: return type == R_AARCH64_RELATIVE;
    case EM_ARM: return type == R_ARM_RELATIVE;
    case EM_RISCV: return type == R_RISCV_RELATIVE;
    default: return false;
  }
}

// Into the linker's tables of functions, from which calls go on.
bool is_linkage(uint16_t machine, uint64_t type) {
  switch (machine) {
    case EM_X86_64: return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT;
    case EM_386: return type == R_386_JMP_SLOT || type == R_386_GLOB_DAT;
    case EM_AARCH64: return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT;
    case EM_ARM: return type == R_ARM_JUMP_SLOT || type == R_ARM_GLOB_DAT;
    case EM_RISCV: return type == R_RISCV_JUMP_SLOT;
    default: return false;
  }
}

// "2.34" as a number that can be compared.
int version_order(std::string_view version) {
  int major = 0;
  int minor = 0;
  const char *end = version.data() + version.size();
  const auto parsed = std::from_chars(version.data(), end, major);
  if (parsed.ptr != end && *parsed.ptr == '.') std::from_chars(parsed.ptr + 1, end, minor);
  return major > 100 || minor > 1000 ? 0 : major * 1000 + minor;
}

}  // namespace

DynamicLinks::DynamicLinks(const ProgramFile &file) : file_(file) {
  if (const GElf_Phdr *header = file.program_header(PT_INTERP)) {
    interpreter_ = file.bytes(header->p_offset, std::min<uint64_t>(header->p_filesz, 4096)).c_str();
  }
  is_position_independent_ = file.header().e_type == ET_DYN;
  const GElf_Phdr *header = file.program_header(PT_DYNAMIC);
  if (header == nullptr) return;
  Elf_Data *data = file.entries(header->p_offset, header->p_filesz, ELF_T_DYN);
  if (data == nullptr) throw file_error(file.path(), "is damaged: its dynamic section is not in it; copy or link the program again");
  const size_t entry_bytes = file.is_64_bit() ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
  std::map<int64_t, uint64_t> values;
  std::vector<uint64_t> needed;
  for (size_t index = 0; index < data->d_size / entry_bytes; ++index) {
    GElf_Dyn entry;
    if (gelf_getdyn(data, static_cast<int>(index), &entry) == nullptr || entry.d_tag == DT_NULL) break;
    if (entry.d_tag == DT_NEEDED) needed.push_back(entry.d_un.d_val);
    else values[entry.d_tag] = entry.d_un.d_val;
  }
  const auto value = [&values](int64_t tag) { return values.contains(tag) ? values[tag] : 0; };
  names_address_ = value(DT_STRTAB);
  names_bytes_ = value(DT_STRSZ);
  symbols_address_ = value(DT_SYMTAB);
  table_address_ = value(DT_PLTGOT);
  const bool is_program = (value(DT_FLAGS_1) & DF_1_PIE) != 0 || (is_dynamic() && !values.contains(DT_SONAME));
  is_shared_library_ = is_position_independent_ && !is_program;
  constexpr size_t kMostLibraries = 1000;  // a hostile file may name one many times
  for (const uint64_t offset : needed) {
    if (libraries_.size() == kMostLibraries) break;
    std::string name(file.text_at(names_address_ + offset));
    if (!name.empty()) libraries_.push_back(std::move(name));
  }
  read_relocations(value(DT_RELA), value(DT_RELASZ), true);
  read_relocations(value(DT_REL), value(DT_RELSZ), false);
  read_relocations(value(DT_JMPREL), value(DT_PLTRELSZ), value(DT_PLTREL) == DT_RELA);
  std::stable_sort(imports_.begin(), imports_.end(), [](const auto &left, const auto &right) { return left.slot < right.slot; });
  std::sort(relative_.begin(), relative_.end());
  read_glibc_version();
}

void DynamicLinks::read_relocations(uint64_t address, uint64_t size, bool has_addends) {
  const std::optional<uint64_t> offset = file_.offset_of(address);
  if (size == 0 || !offset) return;
  Elf_Data *data = file_.entries(*offset, size, has_addends ? ELF_T_RELA : ELF_T_REL);
  if (data == nullptr) throw file_error(file_.path(), "is damaged: its relocations are not in it; copy or link the program again");
  const size_t entry_bytes = has_addends ? (file_.is_64_bit() ? sizeof(Elf64_Rela) : sizeof(Elf32_Rela))
                                         : (file_.is_64_bit() ? sizeof(Elf64_Rel) : sizeof(Elf32_Rel));
  const uint16_t machine = file_.header().e_machine;
  for (size_t index = 0; index < data->d_size / entry_bytes; ++index) {
    GElf_Rela entry{};
    if (has_addends) {
      if (gelf_getrela(data, static_cast<int>(index), &entry) == nullptr) break;
    } else {
      GElf_Rel short_entry;
      if (gelf_getrel(data, static_cast<int>(index), &short_entry) == nullptr) break;
      entry.r_offset = short_entry.r_offset;
      entry.r_info = short_entry.r_info;
    }
    const uint64_t type = GELF_R_TYPE(entry.r_info);
    const uint64_t symbol = GELF_R_SYM(entry.r_info);
    if (is_relative(machine, type)) {
      if (has_addends) relative_.emplace_back(entry.r_offset, static_cast<uint64_t>(entry.r_addend));
    } else if (symbol != 0) {
      const std::string_view name = symbol_name(symbol);
      if (!name.empty()) imports_.push_back({entry.r_offset, name, is_linkage(machine, type)});
    }
  }
}

// Of a symbol that the program does not define itself.
std::string_view DynamicLinks::symbol_name(uint64_t index) const {
  const uint64_t entry_bytes = file_.is_64_bit() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
  const std::string_view entry = file_.loaded_at(symbols_address_ + index * entry_bytes);
  if (entry.size() < entry_bytes) return {};
  const uint64_t name = file_.integer(entry, 4);
  const uint64_t section = file_.integer(entry.substr(file_.is_64_bit() ? 6 : 14), 2);
  if (section != SHN_UNDEF || name >= names_bytes_) return {};
  return file_.text_at(names_address_ + name);
}

void DynamicLinks::read_glibc_version() {
  constexpr std::string_view kPrefix = "GLIBC_2.";
  const std::string_view names = file_.loaded_at(names_address_).substr(0, names_bytes_);
  for (size_t at = names.find(kPrefix); at != std::string_view::npos; at = names.find(kPrefix, at + 1)) {
    constexpr size_t kLongestVersion = 16;
    const std::string_view version = names.substr(at + kPrefix.size() - 2, kLongestVersion);
    const size_t end = version.find('\0');
    if (end == std::string_view::npos) continue;
    if (version_order(version.substr(0, end)) > version_order(needed_glibc_)) needed_glibc_ = version.substr(0, end);
  }
}

std::optional<uint64_t> DynamicLinks::word_in(uint64_t slot) const {
  const auto found = std::lower_bound(relative_.begin(), relative_.end(), std::pair<uint64_t, uint64_t>(slot, 0));
  if (found != relative_.end() && found->first == slot) return found->second;
  return file_.word_at(slot);
}

std::string_view DynamicLinks::import_in(uint64_t slot) const {
  const auto found = std::lower_bound(imports_.begin(), imports_.end(), slot,
                                      [](const FunctionImport &import, uint64_t wanted) { return import.slot < wanted; });
  return found != imports_.end() && found->slot == slot ? found->name : std::string_view();
}

}  // namespace lockwrap::cli
