// RISC-V has no instruction that exchanges a byte, and gcc 12 calls libatomic for it, which a C program does not link. These two stand in
// for it, for this archive alone: they are hidden. A byte is exchanged with the aligned word around it.
// Runs: wherever a std::atomic<bool> or <uint8_t> is exchanged.
#if defined(__riscv)
#include <cstdint>

#include "runtime/base/attributes.h"

namespace {

struct Around {
  uint32_t* word;
  unsigned shift;
};

Around around(volatile void* byte) {
  const auto address = reinterpret_cast<uintptr_t>(byte);
  return {reinterpret_cast<uint32_t*>(address & ~uintptr_t{3}), static_cast<unsigned>(address & 3) * 8};
}

uint32_t with_byte(uint32_t word, unsigned shift, uint8_t byte) { return (word & ~(uint32_t{0xff} << shift)) | uint32_t{byte} << shift; }

}  // namespace

// By their names in the assembler: to the compiler they are functions of its own. The order is always the strongest.
extern "C" {
uint8_t lockwrap_exchange_byte(volatile void* byte, uint8_t value, int order) asm("__atomic_exchange_1");
bool lockwrap_compare_exchange_byte(volatile void* byte, void* expected, uint8_t value, bool weak, int success, int failure)
    asm("__atomic_compare_exchange_1");

uint8_t lockwrap_exchange_byte(volatile void* byte, uint8_t value, int) {
  const auto [word, shift] = around(byte);
  uint32_t seen = __atomic_load_n(word, __ATOMIC_RELAXED);
  while (!__atomic_compare_exchange_n(word, &seen, with_byte(seen, shift, value), true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
  }
  return static_cast<uint8_t>(seen >> shift);
}

bool lockwrap_compare_exchange_byte(volatile void* byte, void* expected, uint8_t value, bool, int, int) {
  const auto [word, shift] = around(byte);
  auto* wanted = static_cast<uint8_t*>(expected);
  uint32_t seen = __atomic_load_n(word, __ATOMIC_SEQ_CST);
  for (;;) {
    const auto now = static_cast<uint8_t>(seen >> shift);
    if (now != *wanted) {
      *wanted = now;
      return false;
    }
    if (__atomic_compare_exchange_n(word, &seen, with_byte(seen, shift, value), true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) return true;
  }
}
}
#endif
