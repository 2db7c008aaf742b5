// What a stack walk must know of a machine: DWARF numbers of three registers, and where a caller's address is.
// Runs: inside contended calls.
#pragma once

#include <cstdint>

namespace lockwrap::stack {

struct Registers {
  uintptr_t pc;
  uintptr_t stack_pointer;
  uintptr_t frame_pointer;
#if defined(__aarch64__) || defined(__riscv)
  uintptr_t link = 0;  // where the innermost function returns to, if it has not saved that; 0: not known
#endif
};

#if defined(__aarch64__) || defined(__riscv)
inline uintptr_t link_of(const Registers& registers) { return registers.link; }
#else
inline uintptr_t link_of(const Registers&) { return 0; }  // calls leave it on the stack
#endif

// Return addresses on the stack may be signed (-mbranch-protection=pac-ret).
inline uintptr_t without_signature(uintptr_t address) {
#if defined(__aarch64__)
  register uintptr_t link asm("x30") = address;
  asm("hint #7" : "+r"(link));  // xpaclri; does nothing on processors without signatures
  return link;
#else
  return address;
#endif
}

#if defined(__x86_64__)
constexpr uint64_t kFramePointerRegister = 6;   // rbp
constexpr uint64_t kStackPointerRegister = 7;   // rsp
constexpr uint64_t kReturnRegister = 16;        // rip
constexpr bool kHasUnwindRules = true;
// The present function's own registers; pc is that of this very place.
#define LOCKWRAP_READ_REGISTERS(registers)                                       \
  asm volatile("lea 0f(%%rip), %0\n0:\n\tmov %%rsp, %1\n\tmov %%rbp, %2"         \
               : "=&r"((registers).pc), "=&r"((registers).stack_pointer), "=&r"((registers).frame_pointer))
#elif defined(__i386__)
constexpr uint64_t kFramePointerRegister = 5;   // ebp
constexpr uint64_t kStackPointerRegister = 4;   // esp
constexpr uint64_t kReturnRegister = 8;         // eip
constexpr bool kHasUnwindRules = true;
// Nothing tells where code is but a call, here to the next instruction; at `0` the stack pointer is as before it.
#define LOCKWRAP_READ_REGISTERS(registers)                                                     \
  asm volatile("call 0f\n0:\n\tpopl %0\n\taddl $1f-0b, %0\n1:\n\tmovl %%esp, %1\n\tmovl %%ebp, %2" \
               : "=&r"((registers).pc), "=&r"((registers).stack_pointer), "=&r"((registers).frame_pointer))
#elif defined(__aarch64__)
constexpr uint64_t kFramePointerRegister = 29;
constexpr uint64_t kStackPointerRegister = 31;
constexpr uint64_t kReturnRegister = 30;
constexpr bool kHasUnwindRules = true;
#define LOCKWRAP_READ_REGISTERS(registers)                             \
  asm volatile("adr %0, 0f\n0:\n\tmov %1, sp\n\tmov %2, x29"           \
               : "=&r"((registers).pc), "=&r"((registers).stack_pointer), "=&r"((registers).frame_pointer))
#elif defined(__riscv)
constexpr uint64_t kFramePointerRegister = 8;  // s0
constexpr uint64_t kStackPointerRegister = 2;
constexpr uint64_t kReturnRegister = 1;  // ra
constexpr bool kHasUnwindRules = true;
#define LOCKWRAP_READ_REGISTERS(registers)                             \
  asm volatile("auipc %0, 0\n\tmv %1, sp\n\tmv %2, s0"                 \
               : "=&r"((registers).pc), "=&r"((registers).stack_pointer), "=&r"((registers).frame_pointer))
#else
// Frame pointers only, as far as the compiler keeps a chain.
constexpr uint64_t kFramePointerRegister = ~uint64_t{0};
constexpr uint64_t kStackPointerRegister = ~uint64_t{0};
constexpr uint64_t kReturnRegister = ~uint64_t{0};
constexpr bool kHasUnwindRules = false;
#define LOCKWRAP_READ_REGISTERS(registers)                                               \
  ((registers).pc = 0, (registers).frame_pointer = (uintptr_t)__builtin_frame_address(0), \
   (registers).stack_pointer = (registers).frame_pointer)
#endif

}  // namespace lockwrap::stack
