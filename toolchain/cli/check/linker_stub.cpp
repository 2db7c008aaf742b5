// The stubs of bfd, gold, lld and mold; for 32-bit ARM those of bfd and gold, which lld and mold write, too, where the table is near.
#include "check/linker_stub.h"

#include <bit>
#include <string_view>

namespace lockwrap::cli {

StubStep X86Stub::add(const cs_insn &instruction) {
  const std::string_view mnemonic = instruction.mnemonic;
  if (!mnemonic.ends_with("jmp")) {  // "jmp", "bnd jmp", "notrack jmp"
    const bool is_preface = mnemonic.starts_with("endbr") || mnemonic == "nop" || mnemonic == "mov";
    return is_preface ? StubStep::kGoOn : StubStep::kNoStub;
  }
  const cs_x86 &x86 = instruction.detail->x86;
  if (x86.op_count != 1 || x86.operands[0].type != X86_OP_MEM) return StubStep::kNoStub;
  const x86_op_mem &memory = x86.operands[0].mem;
  if (!is_64_bit_ && memory.base == X86_REG_EBX && memory.index == X86_REG_INVALID && table_address_ != 0) {
    stub_ = Stub{static_cast<uint32_t>(table_address_ + static_cast<uint64_t>(memory.disp)), instruction.address};
    return StubStep::kDone;
  }
  std::vector<CodeUse> uses;
  add_x86_uses(instruction, is_64_bit_, false, uses);
  if (uses.size() != 1 || uses[0].kind != CodeUse::Kind::kSlot) return StubStep::kNoStub;
  stub_ = Stub{uses[0].target, uses[0].site};
  return StubStep::kDone;
}

StubStep Arm64Stub::add(const cs_insn &instruction) {
  if (instruction.id == ARM64_INS_BR) return stub_ ? StubStep::kDone : StubStep::kNoStub;
  std::vector<CodeUse> uses;
  reader_.add(instruction, uses);
  for (const CodeUse &use : uses) {
    if (use.kind == CodeUse::Kind::kSlot) stub_ = Stub{use.target, use.site};
    if (use.kind == CodeUse::Kind::kJump) return StubStep::kNoStub;
  }
  return StubStep::kGoOn;
}

StubStep ArmStub::add(const cs_insn &instruction) {
  const cs_arm &arm = instruction.detail->arm;
  const auto is_register = [&arm](int index, int reg) {
    return arm.op_count > index && arm.operands[index].type == ARM_OP_REG && arm.operands[index].reg == reg;
  };
  const bool is_add = instruction.id == ARM_INS_ADD || instruction.id == ARM_INS_ADR;
  if (is_add && is_register(0, ARM_REG_R12) && arm.op_count >= 3 && arm.operands[2].type == ARM_OP_IMM) {
    // A number that is written with its rotation has that as a fourth operand.
    auto number = static_cast<uint32_t>(arm.operands[2].imm);
    if (arm.op_count == 4 && arm.operands[3].type == ARM_OP_IMM) number = std::rotr(number, arm.operands[3].imm);
    if (is_register(1, ARM_REG_PC)) ip_ = static_cast<uint32_t>(instruction.address) + 8 + number;
    else if (is_register(1, ARM_REG_R12) && ip_) *ip_ += number;
    else return StubStep::kNoStub;
    return StubStep::kGoOn;
  }
  if (instruction.id != ARM_INS_LDR || !is_register(0, ARM_REG_PC) || !ip_ || arm.op_count != 2 || arm.operands[1].type != ARM_OP_MEM ||
      arm.operands[1].mem.base != ARM_REG_R12) {
    return StubStep::kNoStub;
  }
  stub_ = Stub{*ip_ + static_cast<uint32_t>(arm.operands[1].mem.disp), instruction.address};
  return StubStep::kDone;
}

}  // namespace lockwrap::cli
