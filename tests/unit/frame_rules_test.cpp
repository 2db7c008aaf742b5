// Frame rules: the cache says the same as the table, and addresses without code have none.
#include "runtime/stack/frame_rules.h"

#include <doctest/doctest.h>

#include <memory>

#include "runtime/base/program.h"
#include "runtime/stack/machine.h"
#include "runtime/stack/unwind_table.h"

using namespace lockwrap::stack;

namespace {

// An unknown rule has nothing else to say.
bool same(const FrameRule& a, const FrameRule& b) {
  if (!a.known && !b.known) return true;
  return a.known == b.known && a.outermost == b.outermost && a.cfa_from_frame_pointer == b.cfa_from_frame_pointer &&
         a.cfa_dereferenced == b.cfa_dereferenced && a.return_in_register == b.return_in_register &&
         a.frame_pointer == b.frame_pointer && a.cfa_offset == b.cfa_offset &&
         a.frame_pointer_offset == b.frame_pointer_offset && a.return_offset == b.return_offset;
}

}  // namespace

TEST_CASE("frame rules: at a function's first instruction the return address is where the machine puts it") {
  const FrameRule rule = frame_rule(reinterpret_cast<uintptr_t>(&read_unwind_table));
  REQUIRE(kHasUnwindRules);
  CHECK(rule.known);
  CHECK_FALSE(rule.outermost);
#if defined(__x86_64__)
  CHECK_FALSE(rule.cfa_from_frame_pointer);
  CHECK(rule.cfa_offset == 8);
  CHECK(rule.return_offset == -8);
  CHECK(rule.frame_pointer == CallerFramePointer::kSame);
#endif
}

TEST_CASE("frame rules: the cache says what the table says, for the whole program, twice") {
  const auto& program = lockwrap::base::program;
  size_t known = 0;
  size_t asked = 0;
  for (int round = 0; round < 2; ++round) {
    for (uintptr_t pc = program.code_start; pc < program.code_end; pc += 11) {
      const FrameRule rule = frame_rule(pc);
      REQUIRE(same(rule, read_unwind_table(pc)));
      known += rule.known;
      ++asked;
    }
  }
  CHECK(known * 10 > asked * 9);  // nearly everything a compiler makes is understood
}

TEST_CASE("frame rules: what is no code of the program has none") {
  const auto on_the_heap = std::make_unique<int>();
  static int variable;
  for (uintptr_t pc : {uintptr_t{0}, uintptr_t{1}, UINTPTR_MAX, reinterpret_cast<uintptr_t>(on_the_heap.get()),
                       reinterpret_cast<uintptr_t>(&variable), lockwrap::base::program.image_end + 4096}) {
    CAPTURE(pc);
    CHECK_FALSE(frame_rule(pc).known);
    CHECK_FALSE(read_unwind_table(pc).known);
  }
}
