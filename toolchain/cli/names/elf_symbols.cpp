// Two vectors sorted by address, searched from the last symbol that begins at or before the address backwards.
#include "names/elf_symbols.h"

#include <algorithm>

namespace lockwrap::cli {
namespace {

// Symbols that begin between the one that covers an address and the address itself: nested or aliased ones only, so a
// few. Bounds the search in an odd file; beyond it the address stays without a name.
constexpr int kMaximumBackwardSteps = 256;

}  // namespace

ElfSymbols::ElfSymbols(const ElfBinary &binary) {
  const int count = dwfl_module_getsymtab(binary.module());
  std::string source_file;
  for (int index = 1; index < count; ++index) {
    GElf_Sym symbol;
    GElf_Addr address = 0;
    GElf_Word section = SHN_UNDEF;
    const char *name = dwfl_module_getsym_info(binary.module(), index, &symbol, &address, &section, nullptr, nullptr);
    if (name == nullptr) continue;
    const int type = GELF_ST_TYPE(symbol.st_info);
    const bool is_global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
    if (type == STT_FILE) source_file = name;
    if (section == SHN_UNDEF || symbol.st_size == 0 || *name == '\0') continue;
    ElfSymbol entry{address, symbol.st_size, name, is_global ? "" : source_file, is_global};
    if (type == STT_FUNC || type == STT_GNU_IFUNC) functions_.push_back(std::move(entry));
    else if (type == STT_OBJECT || type == STT_COMMON) variables_.push_back(std::move(entry));
  }
  for (std::vector<ElfSymbol> *symbols : {&functions_, &variables_}) {
    std::stable_sort(symbols->begin(), symbols->end(),
                     [](const ElfSymbol &left, const ElfSymbol &right) { return left.start < right.start; });
  }
}

const ElfSymbol *ElfSymbols::find(const std::vector<ElfSymbol> &symbols, uint64_t address) {
  auto next = std::upper_bound(symbols.begin(), symbols.end(), address,
                               [](uint64_t wanted, const ElfSymbol &symbol) { return wanted < symbol.start; });
  const ElfSymbol *best = nullptr;
  for (int step = 0; next != symbols.begin() && step < kMaximumBackwardSteps; ++step) {
    const ElfSymbol &symbol = *--next;
    if (address - symbol.start >= symbol.size) continue;
    const bool is_better = best == nullptr || symbol.size < best->size ||
                           (symbol.size == best->size && symbol.is_global && !best->is_global);
    if (is_better) best = &symbol;
  }
  return best;
}

}  // namespace lockwrap::cli
