// One instruction's part in machine_code.h, for each family of processors.
#pragma once

#include <capstone/capstone.h>

#include <array>
#include <vector>

#include "check/machine_code.h"

namespace lockwrap::cli {

// `has_fixed_addresses`: the program is not position-independent, so a number in the code may be an address.
void add_x86_uses(const cs_insn &instruction, bool is_64_bit, bool has_fixed_addresses, std::vector<CodeUse> &uses);
bool is_x86_frame_push(const cs_insn &instruction);
bool is_x86_frame_set(const cs_insn &instruction);

void add_arm_uses(const cs_insn &instruction, std::vector<CodeUse> &uses);

// An address takes two instructions: the page first (adrp), then the place in it.
class Arm64Uses {
 public:
  void add(const cs_insn &instruction, std::vector<CodeUse> &uses);

 private:
  struct Page {
    uint64_t address = 0;
    uint64_t site = 0;  // 0: none
  };
  const Page *page_in(unsigned reg, uint64_t site) const;

  std::array<Page, 32> pages_;
};
bool is_arm64_frame_push(const cs_insn &instruction);

}  // namespace lockwrap::cli
