// .symtab by its section header, .eh_frame_hdr by its program header: the Linux Standard Base describes it.
#include "check/program_functions.h"

#include <algorithm>
#include <cstring>

namespace lockwrap::cli {
namespace {

// Symbols that begin between the one that covers an address and the address itself: nested or aliased ones only. Bounds the search in
// an odd file; beyond it the address has no name.
constexpr int kMaximumBackwardSteps = 256;
constexpr size_t kLongestName = 4096;

std::string_view name_in(const std::string &names, uint64_t offset) {
  if (offset >= names.size()) return {};
  const std::string_view rest = std::string_view(names).substr(offset, kLongestName);
  const size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

}  // namespace

ProgramFunctions::ProgramFunctions(const ProgramFile &program, const ProgramFile &names) {
  read_symbols(names);
  read_unwind_index(program);
}

void ProgramFunctions::read_symbols(const ProgramFile &names) {
  const std::vector<Section> &sections = names.sections();
  const auto table = std::find_if(sections.begin(), sections.end(), [](const Section &section) { return section.header.sh_type == SHT_SYMTAB; });
  if (table == sections.end() || table->header.sh_link == 0 || table->header.sh_link > sections.size()) return;
  const GElf_Shdr &texts_header = sections[table->header.sh_link - 1].header;
  const std::string texts = names.bytes(texts_header.sh_offset, texts_header.sh_size);
  Elf_Data *data = names.entries(table->header.sh_offset, table->header.sh_size, ELF_T_SYM);
  if (data == nullptr || texts.empty()) {
    throw file_error(names.path(), "is truncated: its symbols are not in it; copy it again");
  }
  const size_t entry_bytes = names.is_64_bit() ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
  const bool is_arm = names.header().e_machine == EM_ARM;
  // Long names that many symbols share would be copied many times; a program's own names fit into its table.
  size_t bytes_left = texts.size() + data->d_size;
  std::string_view source_file;
  for (size_t index = 1; index < data->d_size / entry_bytes; ++index) {
    GElf_Sym symbol;
    if (gelf_getsym(data, static_cast<int>(index), &symbol) == nullptr) break;
    const int type = GELF_ST_TYPE(symbol.st_info);
    const std::string_view name = name_in(texts, symbol.st_name);
    if (type == STT_FILE) source_file = name;
    if (symbol.st_shndx == SHN_UNDEF || name.empty()) continue;
    if (is_arm && type == STT_NOTYPE && name.size() >= 2 && name[0] == '$') {
      if (name[1] == 'a') code_kinds_.emplace_back(symbol.st_value, CodeKind::kArm);
      if (name[1] == 't') code_kinds_.emplace_back(symbol.st_value, CodeKind::kThumb);
      if (name[1] == 'd') code_kinds_.emplace_back(symbol.st_value, CodeKind::kData);
    }
    if (type != STT_FUNC && type != STT_GNU_IFUNC) continue;
    const std::string_view its_file = GELF_ST_BIND(symbol.st_info) == STB_LOCAL ? source_file : std::string_view();
    if (name.size() + its_file.size() > bytes_left) break;
    bytes_left -= name.size() + its_file.size();
    const uint64_t start = is_arm ? symbol.st_value & ~uint64_t{1} : symbol.st_value;
    functions_.push_back({start, symbol.st_size, std::string(name), std::string(its_file)});
  }
  std::stable_sort(functions_.begin(), functions_.end(), [](const auto &left, const auto &right) { return left.start < right.start; });
  std::stable_sort(code_kinds_.begin(), code_kinds_.end(), [](const auto &left, const auto &right) { return left.first < right.first; });
}

void ProgramFunctions::read_unwind_index(const ProgramFile &program) {
  const GElf_Phdr *header = program.program_header(PT_GNU_EH_FRAME);
  if (header == nullptr) return;
  // Version 1; how the pointer to .eh_frame, the count and the table are written: 4 bytes each, the table's relative to the header.
  constexpr std::string_view kUsualForms("\x01\x1b\x03\x3b", 4);
  constexpr size_t kTableAt = 12;
  constexpr size_t kEntryBytes = 8;
  const std::string_view index = program.loaded_at(header->p_vaddr).substr(0, header->p_filesz);
  if (index.size() < kTableAt || !index.starts_with(kUsualForms)) return;
  const uint64_t count = std::min<uint64_t>(program.integer(index.substr(8), 4), (index.size() - kTableAt) / kEntryBytes);
  for (uint64_t entry = 0; entry < count; ++entry) {
    const auto distance = static_cast<int32_t>(program.integer(index.substr(kTableAt + entry * kEntryBytes), 4));
    indexed_starts_.push_back(header->p_vaddr + static_cast<uint64_t>(static_cast<int64_t>(distance)));
  }
  std::sort(indexed_starts_.begin(), indexed_starts_.end());
}

const FunctionSymbol *ProgramFunctions::at(uint64_t address) const {
  auto next = std::upper_bound(functions_.begin(), functions_.end(), address,
                               [](uint64_t wanted, const FunctionSymbol &symbol) { return wanted < symbol.start; });
  const FunctionSymbol *best = nullptr;
  for (int step = 0; next != functions_.begin() && step < kMaximumBackwardSteps; ++step) {
    const FunctionSymbol &symbol = *--next;
    if (address - symbol.start >= symbol.size) continue;
    if (best == nullptr || symbol.size < best->size) best = &symbol;
  }
  return best;
}

std::optional<uint64_t> ProgramFunctions::start_of(uint64_t address) const {
  if (const FunctionSymbol *symbol = at(address)) return symbol->start;
  const auto next = std::upper_bound(indexed_starts_.begin(), indexed_starts_.end(), address);
  if (next == indexed_starts_.begin()) return std::nullopt;
  return *std::prev(next);
}

std::vector<uint64_t> ProgramFunctions::starts() const {
  if (!indexed_starts_.empty()) return indexed_starts_;
  std::vector<uint64_t> starts;
  for (const FunctionSymbol &symbol : functions_) {
    if (starts.empty() || starts.back() != symbol.start) starts.push_back(symbol.start);
  }
  return starts;
}

std::vector<uint64_t> ProgramFunctions::instruction_starts() const {
  std::vector<uint64_t> starts = indexed_starts_;
  for (const FunctionSymbol &symbol : functions_) starts.push_back(symbol.start);
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  return starts;
}

}  // namespace lockwrap::cli
