// A linker's stub, instruction by instruction: it loads an address from a word of the linker's table and jumps there.
#pragma once

#include <capstone/capstone.h>

#include <optional>

#include "check/instruction_uses.h"

namespace lockwrap::cli {

enum class StubStep { kGoOn, kDone, kNoStub };

// An indirect jump, after instructions that do nothing that matters: a mark of a jump's target, a number for the dynamic linker.
class X86Stub {
 public:
  // `table_address`: what %ebx is in a 32-bit program's stubs.
  X86Stub(bool is_64_bit, uint64_t table_address) : is_64_bit_(is_64_bit), table_address_(table_address) {}
  StubStep add(const cs_insn &instruction);
  const std::optional<Stub> &stub() const { return stub_; }

 private:
  bool is_64_bit_;
  uint64_t table_address_;
  std::optional<Stub> stub_;
};

// adrp x16, ldr x17, add x16, br x17
class Arm64Stub {
 public:
  StubStep add(const cs_insn &instruction);
  const std::optional<Stub> &stub() const { return stub_; }

 private:
  Arm64Uses reader_;
  std::optional<Stub> stub_;
};

// add ip, pc, #a; add ip, ip, #b; ldr pc, [ip, #c]!
class ArmStub {
 public:
  StubStep add(const cs_insn &instruction);
  const std::optional<Stub> &stub() const { return stub_; }

 private:
  std::optional<uint32_t> ip_;
  std::optional<Stub> stub_;
};

}  // namespace lockwrap::cli
