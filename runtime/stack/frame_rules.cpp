#include "runtime/stack/frame_rules.h"

#include <atomic>

#include "runtime/base/bounded_table.h"
#include "runtime/stack/unwind_table.h"

namespace lockwrap::stack {

namespace {

struct CacheSlot {
  std::atomic<uint64_t> check;  // pc xor packed
  std::atomic<uint64_t> packed;
};

constinit CacheSlot* cache;
constinit uint64_t cache_mask;

// A rule in one word. Offsets are multiples of the word size, CFA offsets up to 64 MiB, others up to 256 KiB.
constexpr int32_t kWord = sizeof(uintptr_t);
constexpr int32_t kMostCfa = 1 << 22;
constexpr int32_t kMostOffset = 1 << 14;

bool packable(int32_t offset, int32_t most) {
  return offset % kWord == 0 && offset / kWord < most && offset / kWord > -most;
}

uint64_t field(int32_t offset, unsigned bits) {
  return static_cast<uint64_t>(static_cast<uint32_t>(offset / kWord)) & ((uint64_t{1} << bits) - 1);
}

int32_t offset_of(uint64_t value, unsigned bits) {
  const uint64_t sign = uint64_t{1} << (bits - 1);
  return static_cast<int32_t>(static_cast<int64_t>(value ^ sign) - static_cast<int64_t>(sign)) * kWord;
}

// 0 when it does not fit.
uint64_t pack(const FrameRule& rule) {
  if (!packable(rule.cfa_offset, kMostCfa) || !packable(rule.frame_pointer_offset, kMostOffset) ||
      !packable(rule.return_offset, kMostOffset)) {
    return 0;
  }
  uint64_t word = 1;
  word |= uint64_t{rule.known} << 1 | uint64_t{rule.outermost} << 2 | uint64_t{rule.cfa_from_frame_pointer} << 3 |
          uint64_t{rule.cfa_dereferenced} << 4 | uint64_t{rule.return_in_register} << 5 |
          static_cast<uint64_t>(rule.frame_pointer) << 6;
  return word | field(rule.cfa_offset, 24) << 8 | field(rule.frame_pointer_offset, 16) << 32 |
         field(rule.return_offset, 16) << 48;
}

FrameRule unpack(uint64_t word) {
  FrameRule rule;
  rule.known = word >> 1 & 1;
  rule.outermost = word >> 2 & 1;
  rule.cfa_from_frame_pointer = word >> 3 & 1;
  rule.cfa_dereferenced = word >> 4 & 1;
  rule.return_in_register = word >> 5 & 1;
  rule.frame_pointer = static_cast<CallerFramePointer>(word >> 6 & 3);
  rule.cfa_offset = offset_of(word >> 8 & 0xffffff, 24);
  rule.frame_pointer_offset = offset_of(word >> 32 & 0xffff, 16);
  rule.return_offset = offset_of(word >> 48, 16);
  return rule;
}

}  // namespace

void place_rule_cache(base::Arena& arena, uint32_t slots) {
  cache = static_cast<CacheSlot*>(arena.take(slots * sizeof(CacheSlot)));
  cache_mask = slots - 1;
}

bool simple_frame(uintptr_t pc, SimpleFrame& frame) {
  if (!cache) return false;
  const CacheSlot& slot = cache[base::mix(pc) & cache_mask];
  const uint64_t packed = slot.packed.load(std::memory_order_relaxed);
  // In use and known, nothing unusual, frame pointer same or at CFA; the return address one word below the CFA.
  constexpr uint64_t kFlags = 0xbf;
  constexpr uint64_t kSimple = 0x03;
  constexpr uint64_t kReturnBelowCfa = 0xffff;
  if ((packed & kFlags) != kSimple || packed >> 48 != kReturnBelowCfa) return false;
  if ((slot.check.load(std::memory_order_relaxed) ^ packed) != pc) return false;
  frame.cfa_bytes = (packed >> 8 & 0xffffff) * sizeof(uintptr_t);  // a negative one is out of the stack's bounds
  frame.frame_pointer_bytes = static_cast<int16_t>(packed >> 32 & 0xffff) * static_cast<intptr_t>(sizeof(uintptr_t));
  frame.frame_pointer_saved = packed & 0x40;
  return true;
}

FrameRule frame_rule(uintptr_t pc) {
  if (!cache) return read_unwind_table(pc);
  CacheSlot& slot = cache[base::mix(pc) & cache_mask];
  const uint64_t packed = slot.packed.load(std::memory_order_relaxed);
  if (packed && (slot.check.load(std::memory_order_relaxed) ^ packed) == pc) return unpack(packed);
  const FrameRule rule = read_unwind_table(pc);
  if (const uint64_t fresh = pack(rule)) {
    slot.packed.store(fresh, std::memory_order_relaxed);
    slot.check.store(pc ^ fresh, std::memory_order_relaxed);
  }
  return rule;
}

}  // namespace lockwrap::stack
