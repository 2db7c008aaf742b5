// Programs of a few hundred bytes, of any class, byte order and processor, with whatever notes a test wants in them.
#pragma once

#include <elf.h>

#include <cstdint>
#include <string>
#include <vector>

namespace lockwrap::test {

struct HandMadeElf {
  bool is_64_bit = true;
  bool is_big_endian = false;
  uint16_t machine = EM_X86_64;
  uint16_t type = ET_EXEC;
  std::string notes = {};  // loaded at kNotesAddress
  std::string code = std::string(64, '\x90');  // loaded at kCodeAddress
  std::vector<uint64_t> function_starts = {};   // in the index of unwind tables; none: no index

  static constexpr uint64_t kCodeAddress = 0x400000;
  static constexpr uint64_t kNotesAddress = 0x500000;
  static constexpr uint64_t kIndexAddress = 0x600000;

  std::string bytes() const;
  // `size` bytes of it, in this byte order.
  std::string number(uint64_t value, int size) const;
  std::string note(uint32_t kind, const std::string &owner, const std::string &description) const;
  // lockwrap's own, first in `notes`, with mutex:pthread_mutex_lock as its only name. Its code is the first 32 bytes of `code` and its table
  // of two jumps behind them.
  std::string lockwrap_note(uint32_t form = 1, uint32_t jump_bytes = 5) const;
};

}  // namespace lockwrap::test
