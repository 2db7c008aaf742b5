// Operands as capstone gives them: targets of jumps are absolute already.
#include "check/instruction_uses.h"

namespace lockwrap::cli {
namespace {

bool has_group(const cs_insn &instruction, uint8_t group) {
  for (uint8_t index = 0; index < instruction.detail->groups_count; ++index) {
    if (instruction.detail->groups[index] == group) return true;
  }
  return false;
}

bool is_jump_or_call(const cs_insn &instruction) { return has_group(instruction, CS_GRP_JUMP) || has_group(instruction, CS_GRP_CALL); }

constexpr uint64_t kWord32 = 0xffffffff;

}  // namespace

void add_x86_uses(const cs_insn &instruction, bool is_64_bit, bool has_fixed_addresses, std::vector<CodeUse> &uses) {
  const cs_x86 &x86 = instruction.detail->x86;
  const uint64_t mask = is_64_bit ? ~uint64_t{0} : kWord32;
  const bool is_jump = is_jump_or_call(instruction);
  const bool is_move = instruction.id == X86_INS_MOV || instruction.id == X86_INS_PUSH || instruction.id == X86_INS_MOVABS;
  const bool is_address = instruction.id == X86_INS_LEA;
  if (!is_jump && !is_move && !is_address) return;
  for (uint8_t index = 0; index < x86.op_count; ++index) {
    const cs_x86_op &operand = x86.operands[index];
    if (operand.type == X86_OP_IMM) {
      const uint64_t value = static_cast<uint64_t>(operand.imm) & mask;
      if (is_jump) uses.push_back({CodeUse::Kind::kJump, instruction.address, value});
      else if (has_fixed_addresses) uses.push_back({CodeUse::Kind::kAddress, instruction.address, value});
    }
    // The first operand of a move is where it goes to.
    if (operand.type != X86_OP_MEM || (instruction.id == X86_INS_MOV && index == 0)) continue;
    const x86_op_mem &memory = operand.mem;
    if (memory.index != X86_REG_INVALID || memory.segment != X86_REG_INVALID) continue;
    uint64_t address = static_cast<uint64_t>(memory.disp);
    if (memory.base == X86_REG_RIP) address += instruction.address + instruction.size;
    else if (memory.base != X86_REG_INVALID) continue;
    uses.push_back({is_address ? CodeUse::Kind::kAddress : CodeUse::Kind::kSlot, instruction.address, address & mask});
  }
}

bool is_x86_frame_push(const cs_insn &instruction) {
  const cs_x86 &x86 = instruction.detail->x86;
  return instruction.id == X86_INS_PUSH && x86.op_count == 1 && x86.operands[0].type == X86_OP_REG &&
         (x86.operands[0].reg == X86_REG_RBP || x86.operands[0].reg == X86_REG_EBP);
}

bool is_x86_frame_set(const cs_insn &instruction) {
  const cs_x86 &x86 = instruction.detail->x86;
  return instruction.id == X86_INS_MOV && x86.op_count == 2 && x86.operands[0].type == X86_OP_REG && x86.operands[1].type == X86_OP_REG &&
         ((x86.operands[0].reg == X86_REG_RBP && x86.operands[1].reg == X86_REG_RSP) ||
          (x86.operands[0].reg == X86_REG_EBP && x86.operands[1].reg == X86_REG_ESP));
}

void add_arm_uses(const cs_insn &instruction, std::vector<CodeUse> &uses) {
  const cs_arm &arm = instruction.detail->arm;
  const bool is_jump = instruction.id == ARM_INS_BL || instruction.id == ARM_INS_BLX || instruction.id == ARM_INS_B;
  if (!is_jump || arm.op_count != 1 || arm.operands[0].type != ARM_OP_IMM) return;
  uses.push_back({CodeUse::Kind::kJump, instruction.address, static_cast<uint32_t>(arm.operands[0].imm) & ~uint64_t{1}});
}

const Arm64Uses::Page *Arm64Uses::page_in(unsigned reg, uint64_t site) const {
  // Farther apart the register has been used for something else in between.
  constexpr uint64_t kFarthest = 256;
  if (reg < ARM64_REG_X0 || reg > ARM64_REG_X28) return nullptr;
  const Page &page = pages_[reg - ARM64_REG_X0];
  return page.site != 0 && site - page.site <= kFarthest ? &page : nullptr;
}

void Arm64Uses::add(const cs_insn &instruction, std::vector<CodeUse> &uses) {
  const cs_arm64 &arm = instruction.detail->arm64;
  const auto is_register = [&arm](int index) { return arm.op_count > index && arm.operands[index].type == ARM64_OP_REG; };
  const auto is_number = [&arm](int index) { return arm.op_count > index && arm.operands[index].type == ARM64_OP_IMM; };
  const uint64_t site = instruction.address;
  switch (instruction.id) {
    case ARM64_INS_B:
    case ARM64_INS_BL:
      if (is_number(0)) uses.push_back({CodeUse::Kind::kJump, site, static_cast<uint64_t>(arm.operands[0].imm)});
      break;
    case ARM64_INS_ADR:
      if (is_number(1)) uses.push_back({CodeUse::Kind::kAddress, site, static_cast<uint64_t>(arm.operands[1].imm)});
      break;
    case ARM64_INS_ADRP:
      if (is_register(0) && is_number(1) && arm.operands[0].reg >= ARM64_REG_X0 && arm.operands[0].reg <= ARM64_REG_X28) {
        pages_[arm.operands[0].reg - ARM64_REG_X0] = {static_cast<uint64_t>(arm.operands[1].imm), site};
      }
      break;
    case ARM64_INS_ADD:
      if (is_register(1) && is_number(2) && arm.operands[2].shift.type == ARM64_SFT_INVALID) {
        const Page *page = page_in(arm.operands[1].reg, site);
        if (page != nullptr) uses.push_back({CodeUse::Kind::kAddress, site, page->address + static_cast<uint64_t>(arm.operands[2].imm)});
      }
      break;
    case ARM64_INS_LDR:
      if (arm.op_count == 2 && arm.operands[1].type == ARM64_OP_MEM && arm.operands[1].mem.index == ARM64_REG_INVALID) {
        const Page *page = page_in(arm.operands[1].mem.base, site);
        const auto distance = static_cast<uint64_t>(static_cast<int64_t>(arm.operands[1].mem.disp));
        if (page != nullptr) uses.push_back({CodeUse::Kind::kSlot, site, page->address + distance});
      }
      break;
    default: break;
  }
}

bool is_arm64_frame_push(const cs_insn &instruction) {
  const cs_arm64 &arm = instruction.detail->arm64;
  return instruction.id == ARM64_INS_STP && arm.op_count >= 2 && arm.operands[0].type == ARM64_OP_REG &&
         arm.operands[0].reg == ARM64_REG_FP && arm.operands[1].type == ARM64_OP_REG && arm.operands[1].reg == ARM64_REG_LR;
}

}  // namespace lockwrap::cli
