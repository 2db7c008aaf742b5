// Header, five program headers (code, notes as loaded bytes and as notes, index as loaded bytes and as index), code, notes, index. No sections.
#include "hand_made_elf.h"

namespace lockwrap::test {
namespace {

std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4, '\0');
  return bytes;
}

}  // namespace

std::string HandMadeElf::number(uint64_t value, int size) const {
  std::string bytes;
  for (int index = 0; index < size; ++index) {
    const int shift = 8 * (is_big_endian ? size - 1 - index : index);
    bytes += static_cast<char>(value >> shift & 0xff);
  }
  return bytes;
}

std::string HandMadeElf::note(uint32_t kind, const std::string &owner, const std::string &description) const {
  return number(owner.size() + 1, 4) + number(description.size(), 4) + number(kind, 4) + padded(owner + '\0') + padded(description);
}

std::string HandMadeElf::lockwrap_note(uint32_t form, uint32_t jump_bytes) const {
  const uint64_t description = kNotesAddress + 12 + 12;
  std::string text = number(form, 4);
  text += number(kCodeAddress - (description + 4), 4);
  text += number(kCodeAddress + 32 + 2 * jump_bytes - (description + 8), 4);
  text += number(kCodeAddress + 32 - (description + 12), 4);
  text += number(jump_bytes, 4);
  for (const char *part : {"9.8.7", "glibc 2.99", "mutex:pthread_mutex_lock", ""}) text += part + std::string(1, '\0');
  return note(1, "lockwrap", text);
}

std::string HandMadeElf::bytes() const {
  const int word = is_64_bit ? 8 : 4;
  const uint64_t header_bytes = is_64_bit ? 64 : 52;
  const uint64_t entry_bytes = is_64_bit ? 56 : 32;
  const uint64_t code_at = header_bytes + 5 * entry_bytes;
  const uint64_t notes_at = code_at + code.size();
  std::string index;
  if (!function_starts.empty()) {
    index = std::string("\x01\x1b\x03\x3b") + number(0, 4) + number(function_starts.size(), 4);
    for (const uint64_t start : function_starts) index += number(start - kIndexAddress, 4) + number(0, 4);
  }
  std::string file(ELFMAG, SELFMAG);
  file += is_64_bit ? ELFCLASS64 : ELFCLASS32;
  file += is_big_endian ? ELFDATA2MSB : ELFDATA2LSB;
  file += EV_CURRENT;
  file.resize(EI_NIDENT, '\0');
  file += number(type, 2) + number(machine, 2) + number(EV_CURRENT, 4) + number(kCodeAddress, word) + number(header_bytes, word) + number(0, word);
  file += number(0, 4) + number(header_bytes, 2) + number(entry_bytes, 2) + number(5, 2) + number(0, 2) + number(0, 2) + number(0, 2);
  const auto entry = [&](uint32_t kind, uint32_t flags, uint64_t offset, uint64_t address, uint64_t size) {
    const std::string place = number(offset, word) + number(address, word) + number(address, word) + number(size, word) + number(size, word);
    file += is_64_bit ? number(kind, 4) + number(flags, 4) + place + number(4, word) : number(kind, 4) + place + number(flags, 4) + number(4, word);
  };
  entry(PT_LOAD, PF_R | PF_X, code_at, kCodeAddress, code.size());
  entry(notes.empty() ? PT_NULL : PT_LOAD, PF_R, notes_at, kNotesAddress, notes.size());
  entry(notes.empty() ? PT_NULL : PT_NOTE, PF_R, notes_at, kNotesAddress, notes.size());
  entry(index.empty() ? PT_NULL : PT_LOAD, PF_R, notes_at + notes.size(), kIndexAddress, index.size());
  entry(index.empty() ? PT_NULL : PT_GNU_EH_FRAME, PF_R, notes_at + notes.size(), kIndexAddress, index.size());
  return file + code + notes + index;
}

}  // namespace lockwrap::test
