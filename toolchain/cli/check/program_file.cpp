// What is wrong with a file is told in the order in which its user would look: is it there, what is it, is all of it there.
#include "check/program_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lockwrap::cli {
namespace {

constexpr char kNameTheProgram[] = "name the linked program";

std::string read_range(int descriptor, uint64_t offset, uint64_t size) {
  std::string bytes(size, '\0');
  size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(descriptor, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    done += static_cast<size_t>(got);
  }
  return bytes;
}

// What a file that is no ELF file is, as far as that helps.
std::string other_kind(std::string_view start) {
  if (start.empty()) return std::string("is empty; ") + kNameTheProgram;
  if (start.starts_with("#!")) return "is a script; name the ELF program that it starts";
  if (start.starts_with("!<arch>") || start.starts_with("!<thin>")) return std::string("is an archive, nothing is linked in it yet; ") + kNameTheProgram;
  return std::string("is not an ELF file; ") + kNameTheProgram;
}

}  // namespace

ProgramFile::Descriptor::~Descriptor() { close(number); }

CommandError ProgramFile::damaged(const std::string &how) const { return file_error(path_, "is damaged: " + how + "; copy or link the program again"); }

ProgramFile::ProgramFile(const std::string &path, const char *purpose) : path_(path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) throw file_error(path, std::string("cannot be opened (") + strerror(errno) + "); check the path of " + purpose);
  descriptor_ = std::make_shared<Descriptor>(descriptor);
  struct stat status;
  if (fstat(descriptor, &status) != 0) throw file_error(path, std::string("cannot be read (") + strerror(errno) + ")");
  if (S_ISDIR(status.st_mode)) throw file_error(path, std::string("is a directory; name ") + purpose);
  if (!S_ISREG(status.st_mode)) throw file_error(path, std::string("is not a regular file; name ") + purpose);
  file_bytes_ = static_cast<uint64_t>(status.st_size);
  const std::string start = read_range(descriptor, 0, std::min<uint64_t>(file_bytes_, EI_NIDENT));
  if (start.empty() && file_bytes_ > 0) throw file_error(path, std::string("cannot be read (") + strerror(errno) + ")");
  if (!start.starts_with(std::string_view(ELFMAG, SELFMAG))) throw file_error(path, other_kind(start));
  elf_version(EV_CURRENT);
  elf_.reset(elf_begin(descriptor, ELF_C_READ, nullptr));
  if (elf_ == nullptr || elf_kind(elf_.get()) != ELF_K_ELF || gelf_getehdr(elf_.get(), &header_) == nullptr) {
    throw damaged("its ELF header cannot be read (truncated?)");
  }
  const int order = header_.e_ident[EI_DATA];
  if (order != ELFDATA2LSB && order != ELFDATA2MSB) throw damaged("its header names no byte order");
  if (header_.e_type == ET_REL) throw file_error(path, std::string("is an object file, not linked yet; ") + kNameTheProgram);
  if (header_.e_type == ET_CORE) throw file_error(path, "is a core dump; name the program that it is of");
  if (header_.e_type != ET_EXEC && header_.e_type != ET_DYN) throw damaged("its header names no kind of program");

  size_t count = 0;
  if (elf_getphdrnum(elf_.get(), &count) != 0) throw damaged("its program headers cannot be read");
  const uint64_t entry_bytes = is_64_bit() ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
  if (count > 0 && (header_.e_phoff > file_bytes_ || count > (file_bytes_ - header_.e_phoff) / entry_bytes)) {
    throw file_error(path_, "is truncated: its program headers are not in it; copy it again");
  }
  for (size_t index = 0; index < count; ++index) {
    GElf_Phdr entry;
    if (gelf_getphdr(elf_.get(), static_cast<int>(index), &entry) == nullptr) throw damaged("its program headers cannot be read");
    program_headers_.push_back(entry);
  }
  read_sections();
  read_notes();
}

ProgramFile ProgramFile::open_program(const std::string &path) {
  ProgramFile file(path, "the program");
  file.load_segments();
  return file;
}

ProgramFile ProgramFile::open_names(const std::string &path) { return ProgramFile(path, "the program or its debug file"); }

// Section headers come last in a file: without them it was cut, or never had any.
void ProgramFile::read_sections() {
  // libelf forgets section headers that are not there, so their place and number are read by themselves.
  const uint64_t begin = integer(bytes(is_64_bit() ? 40 : 32, word_bytes()), word_bytes());
  const bool has_number = integer(bytes(is_64_bit() ? 60 : 48, 2), 2) != 0;  // else there are none, or 65,280 and more
  if (begin == 0 || (!has_number && begin >= file_bytes_)) return;
  size_t count = 0;
  const uint64_t entry_bytes = is_64_bit() ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
  if (begin >= file_bytes_ || elf_getshdrnum(elf_.get(), &count) != 0 || count == 0 || count > (file_bytes_ - begin) / entry_bytes) {
    throw file_error(path_, "is truncated: its section headers are not in it; copy it again");
  }
  for (size_t index = 1; index < count; ++index) {
    Elf_Scn *entry = elf_getscn(elf_.get(), index);
    Section section;
    if (entry == nullptr || gelf_getshdr(entry, &section.header) == nullptr) throw damaged("its section headers cannot be read");
    sections_.push_back(std::move(section));
  }
  size_t names_index = 0;
  if (elf_getshdrstrndx(elf_.get(), &names_index) != 0 || names_index == 0 || names_index > sections_.size()) return;
  const GElf_Shdr names_header = sections_[names_index - 1].header;
  const std::string names = bytes(names_header.sh_offset, names_header.sh_size);
  constexpr size_t kLongestName = 64;  // of those that are looked for; a hostile file may share one long name among many sections
  for (Section &section : sections_) {
    if (section.header.sh_name >= names.size()) continue;
    const std::string_view name = std::string_view(names).substr(section.header.sh_name, kLongestName);
    section.name = name.substr(0, name.find('\0'));
  }
}

void ProgramFile::load_segments() {
  uint64_t total = 0;
  for (const GElf_Phdr &entry : program_headers_) {
    if (entry.p_type != PT_LOAD) continue;
    if (entry.p_filesz == 0 && entry.p_memsz > 0 && (entry.p_flags & PF_X) != 0) {
      throw file_error(path_, "has no code, as a debug file has none; name the program itself");
    }
    if (entry.p_filesz == 0) continue;
    if (entry.p_offset > file_bytes_ || entry.p_filesz > file_bytes_ - entry.p_offset) {
      throw file_error(path_, "is truncated: not all of what it loads is in it (" + std::to_string(file_bytes_) + " bytes); copy it again");
    }
    if (entry.p_vaddr + entry.p_filesz < entry.p_vaddr) throw damaged("a segment goes beyond the last address");
    // Segments may share a page of the file, not more: else a small file could ask for much memory.
    total += entry.p_filesz;
    if (total > 2 * file_bytes_) throw damaged("its segments overlap");
    Segment segment{entry.p_vaddr, (entry.p_flags & PF_X) != 0, read_range(descriptor_->number, entry.p_offset, entry.p_filesz)};
    if (segment.content.empty()) throw file_error(path_, "cannot be read to its end; check the disk, or copy it again");
    segments_.push_back(std::move(segment));
  }
  if (segments_.empty()) throw file_error(path_, "has nothing that is loaded; name the linked program");
  std::sort(segments_.begin(), segments_.end(), [](const Segment &left, const Segment &right) { return left.address < right.address; });
  for (size_t index = 1; index < segments_.size(); ++index) {
    const Segment &before = segments_[index - 1];
    if (segments_[index].address - before.address < before.content.size()) throw damaged("its segments overlap");
  }
}

const GElf_Phdr *ProgramFile::program_header(uint32_t type) const {
  for (const GElf_Phdr &entry : program_headers_) {
    if (entry.p_type == type) return &entry;
  }
  return nullptr;
}

const Section *ProgramFile::section(std::string_view name) const {
  for (const Section &section : sections_) {
    if (section.name == name) return &section;
  }
  return nullptr;
}

const Segment *ProgramFile::segment_at(uint64_t address) const {
  auto next = std::upper_bound(segments_.begin(), segments_.end(), address,
                               [](uint64_t wanted, const Segment &segment) { return wanted < segment.address; });
  if (next == segments_.begin()) return nullptr;
  const Segment &segment = *--next;
  return address - segment.address < segment.content.size() ? &segment : nullptr;
}

std::string_view ProgramFile::loaded_at(uint64_t address) const {
  const Segment *segment = segment_at(address);
  return segment == nullptr ? std::string_view() : std::string_view(segment->content).substr(address - segment->address);
}

bool ProgramFile::is_code(uint64_t address) const {
  const Segment *segment = segment_at(address);
  return segment != nullptr && segment->is_code;
}

uint64_t ProgramFile::integer(std::string_view bytes, size_t size) const {
  uint64_t value = 0;
  if (bytes.size() < size) return value;
  for (size_t index = 0; index < size; ++index) {
    const size_t from_the_highest = header_.e_ident[EI_DATA] == ELFDATA2MSB ? index : size - 1 - index;
    value = value << 8 | static_cast<unsigned char>(bytes[from_the_highest]);
  }
  return value;
}

std::optional<uint64_t> ProgramFile::word_at(uint64_t address) const {
  const std::string_view loaded = loaded_at(address);
  if (loaded.size() < word_bytes()) return std::nullopt;
  return integer(loaded, word_bytes());
}

std::string_view ProgramFile::text_at(uint64_t address) const {
  // No name that is looked for is longer; a file may be one long text, and have many references to it.
  constexpr size_t kLongestText = 4096;
  const std::string_view loaded = loaded_at(address).substr(0, kLongestText);
  const size_t end = loaded.find('\0');
  return end == std::string_view::npos ? std::string_view() : loaded.substr(0, end);
}

std::string ProgramFile::bytes(uint64_t offset, uint64_t size) const {
  if (size == 0 || offset > file_bytes_ || size > file_bytes_ - offset) return {};
  return read_range(descriptor_->number, offset, size);
}

Elf_Data *ProgramFile::entries(uint64_t offset, uint64_t size, Elf_Type type) const {
  if (size == 0 || offset > file_bytes_ || size > file_bytes_ - offset) return nullptr;
  return elf_getdata_rawchunk(elf_.get(), static_cast<int64_t>(offset), size, type);
}

std::optional<uint64_t> ProgramFile::offset_of(uint64_t address) const {
  for (const GElf_Phdr &entry : program_headers_) {
    if (entry.p_type == PT_LOAD && address >= entry.p_vaddr && address - entry.p_vaddr < entry.p_filesz) {
      return entry.p_offset + (address - entry.p_vaddr);
    }
  }
  return std::nullopt;
}

void ProgramFile::read_notes_in(uint64_t offset, uint64_t size, uint64_t alignment, uint64_t address) {
  constexpr size_t kHeaderBytes = 12;
  const uint64_t step = alignment == 8 ? 8 : 4;
  const auto padded = [step](uint64_t size) { return (size + step - 1) / step * step; };
  const std::string content = bytes(offset, size);
  size_t position = 0;
  while (position < content.size() && content.size() - position >= kHeaderBytes) {
    const std::string_view rest = std::string_view(content).substr(position);
    const uint64_t owner_bytes = integer(rest, 4);
    const uint64_t description_bytes = integer(rest.substr(4), 4);
    const uint64_t description_at = padded(kHeaderBytes + owner_bytes);
    if (description_at > rest.size() || description_bytes > rest.size() - description_at) break;
    std::string_view owner = rest.substr(kHeaderBytes, owner_bytes);
    if (owner.ends_with('\0')) owner.remove_suffix(1);
    notes_.push_back({integer(rest.substr(8), 4), std::string(owner), std::string(rest.substr(description_at, description_bytes)),
                      address + position + description_at});
    position += padded(description_at + description_bytes);
  }
}

void ProgramFile::read_notes() {
  // Notes have a few kilobytes. Beyond this a file has them only to make its reader read on.
  uint64_t bytes_left = uint64_t{1} << 20;
  const auto read = [&](uint64_t offset, uint64_t size, uint64_t alignment, uint64_t address) {
    if (size > bytes_left) return;
    bytes_left -= size;
    read_notes_in(offset, size, alignment, address);
  };
  for (const GElf_Phdr &entry : program_headers_) {
    if (entry.p_type == PT_NOTE) read(entry.p_offset, entry.p_filesz, entry.p_align, entry.p_vaddr);
  }
  for (const auto &[name, header] : sections_) {
    if (header.sh_type == SHT_NOTE) read(header.sh_offset, header.sh_size, header.sh_addralign, header.sh_addr);
  }
}

std::string ProgramFile::build_id() const {
  constexpr uint64_t kBuildId = 3;
  std::string text;
  for (const ElfNote &note : notes_) {
    if (note.type != kBuildId || note.owner != "GNU") continue;
    for (const char byte : note.description) {
      constexpr char kDigits[] = "0123456789abcdef";
      text += kDigits[static_cast<unsigned char>(byte) >> 4];
      text += kDigits[static_cast<unsigned char>(byte) & 15];
    }
    break;
  }
  return text;
}

}  // namespace lockwrap::cli
