#include "runtime/report/elf_symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "runtime/base/pages.h"
#include "runtime/base/program.h"

namespace lockwrap::report {

ElfSymbols::ElfSymbols() {
  const int saved_errno = errno;
  const int descriptor = base::open_file("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_size > 0) {
    void* mapped = base::map_pages(static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, descriptor);
    if (mapped != MAP_FAILED) {
      file_ = static_cast<const char*>(mapped);
      file_bytes_ = static_cast<size_t>(status.st_size);
    }
  }
  if (descriptor >= 0) base::close_file(descriptor);
  errno = saved_errno;

  const auto within = [&](uint64_t offset, uint64_t bytes) { return offset <= file_bytes_ && bytes <= file_bytes_ - offset; };
  ElfW(Ehdr) header;
  if (!file_ || !within(0, sizeof header)) return;
  memcpy(&header, file_, sizeof header);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_shentsize != sizeof(ElfW(Shdr)) ||
      !within(header.e_shoff, uint64_t{header.e_shnum} * sizeof(ElfW(Shdr)))) {
    return;
  }
  const auto section = [&](size_t index) {
    ElfW(Shdr) value;
    memcpy(&value, file_ + header.e_shoff + index * sizeof value, sizeof value);
    return value;
  };
  for (size_t i = 0; i < header.e_shnum; ++i) {
    const ElfW(Shdr) table = section(i);
    if (table.sh_type != SHT_SYMTAB || table.sh_link >= header.e_shnum) continue;
    const ElfW(Shdr) names = section(table.sh_link);
    if (!within(table.sh_offset, table.sh_size) || !within(names.sh_offset, names.sh_size) || !names.sh_size) continue;
    if (file_[names.sh_offset + names.sh_size - 1]) continue;  // names must end
    symbols_ = file_ + table.sh_offset;
    symbol_count_ = table.sh_size / sizeof(ElfW(Sym));
    strings_ = file_ + names.sh_offset;
    string_bytes_ = names.sh_size;
  }
}

ElfSymbols::~ElfSymbols() {
  if (file_) base::unmap_pages(const_cast<char*>(file_), file_bytes_);
}

SymbolName ElfSymbols::find(uintptr_t address) const {
  const uintptr_t in_file = address - base::program.bias;
  SymbolName best{nullptr, 0};
  for (size_t i = 0; i < symbol_count_; ++i) {
    ElfW(Sym) symbol;
    memcpy(&symbol, symbols_ + i * sizeof symbol, sizeof symbol);
    const unsigned type = symbol.st_info & 0xf;
    if ((type != STT_FUNC && type != STT_OBJECT && type != STT_GNU_IFUNC) || symbol.st_shndx == SHN_UNDEF) continue;
    if (in_file < symbol.st_value || in_file - symbol.st_value >= symbol.st_size) continue;
    if (symbol.st_name >= string_bytes_ || !strings_[symbol.st_name]) continue;
    const uintptr_t offset = in_file - symbol.st_value;
    if (best.text && best.offset <= offset) continue;
    best = {strings_ + symbol.st_name, offset};
  }
  return best;
}

}  // namespace lockwrap::report
