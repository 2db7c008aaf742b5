#include "runtime/stack/walk.h"

#include "runtime/base/program.h"
#include "runtime/stack/frame_rules.h"
#include "runtime/stack/machine.h"

namespace lockwrap::stack {

namespace {

// Between the lock call and capture_stack lie at most this many frames of lockwrap's own.
constexpr size_t kOwnFrames = 12;
// A frame pointer that leaps further is no frame pointer.
constexpr uintptr_t kFurthestFramePointer = 64 * 1024;
// No stack is larger; beyond, the thread pointer lies elsewhere.
constexpr uintptr_t kLargestStack = uintptr_t{1} << 30;

// Above every frame of the calling thread, or just above `stack_pointer` when that is not known (then only what is read
// without leaving the first 64 KiB). libc puts a thread's control block, where the thread pointer points, at the top of the
// thread's stack; the main thread has it elsewhere, and the kernel's strings above its stack.
uintptr_t end_of_stack(uintptr_t stack_pointer) {
  const uintptr_t main_end = base::program.main_stack_end;
#if defined(__x86_64__)
  uintptr_t control_block;
  asm("mov %%fs:0, %0" : "=r"(control_block));
#else
  const auto control_block = reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
#endif
  uintptr_t end = 0;
  if (control_block > stack_pointer && control_block - stack_pointer < kLargestStack) end = control_block;
  if (main_end > stack_pointer && main_end - stack_pointer < kLargestStack && (!end || main_end < end)) end = main_end;
  return end ? end : stack_pointer + kFurthestFramePointer;
}

class Walk {
 public:
  Walk(const Registers& registers, uintptr_t end, Trail* trail) : registers_(registers), end_(end), trail_(trail) {}

  uintptr_t pc() const { return registers_.pc; }

  // To the caller. False at the outermost frame and where the trail ends.
  bool step() {
    const uintptr_t pc = first_ ? registers_.pc : registers_.pc - 1;
    first_ = false;
    SimpleFrame simple;
    if (simple_frame(pc, simple)) return step_over(simple);
    const FrameRule rule = frame_rule(pc);
    if (rule.outermost) return false;
    if (rule.return_in_register) return step_by_link(rule);
    return rule.known ? step_by_rule(rule) : step_by_frame_pointer();
  }

 private:
  bool read(uintptr_t address, uintptr_t& value) const {
    if (address < registers_.stack_pointer || address > end_ - sizeof value || address % sizeof value) return false;
    value = *reinterpret_cast<const uintptr_t*>(address);
    return true;
  }

  bool step_over(const SimpleFrame& simple) {
    const uintptr_t frame = registers_.stack_pointer + simple.cfa_bytes;
    if (frame > end_) return false;
    return go_to(frame, frame - sizeof frame,
                 simple.frame_pointer_saved ? frame + static_cast<uintptr_t>(simple.frame_pointer_bytes) : 0);
  }

  // To the caller, whose address and frame pointer (0: the present one) are kept at these places.
  bool go_to(uintptr_t frame, uintptr_t caller_at, uintptr_t frame_pointer_at) {
    uintptr_t caller;
    uintptr_t frame_pointer = registers_.frame_pointer;
    if (!read(caller_at, caller)) return false;
    if (trail_) trail_->depend_on(caller_at, caller);
    caller = without_signature(caller);
    if (frame_pointer_at) {
      if (!read(frame_pointer_at, frame_pointer)) return false;
      frame_pointer_at_ = frame_pointer_at;
    }
    registers_ = {caller, frame, frame_pointer};
    return plausible(caller);
  }

  uintptr_t use_frame_pointer() {
    if (trail_ && frame_pointer_at_) trail_->depend_on(frame_pointer_at_, registers_.frame_pointer);
    if (trail_ && !frame_pointer_at_) trail_->depend_on_frame_pointer(registers_.frame_pointer);
    return registers_.frame_pointer;
  }

  bool step_by_rule(const FrameRule& rule) {
    const auto offset = [](int32_t bytes) { return static_cast<uintptr_t>(intptr_t{bytes}); };
    uintptr_t frame = (rule.cfa_from_frame_pointer ? use_frame_pointer() : registers_.stack_pointer) +
                      offset(rule.cfa_offset);
    if (rule.cfa_dereferenced) {
      const uintptr_t frame_at = frame;
      if (!read(frame_at, frame)) return false;
      if (trail_) trail_->depend_on(frame_at, frame);
    }
    if (frame <= registers_.stack_pointer || frame > end_) return false;
    uintptr_t frame_pointer_at = 0;
    if (rule.frame_pointer == CallerFramePointer::kAtCfa) frame_pointer_at = frame + offset(rule.frame_pointer_offset);
    if (rule.frame_pointer == CallerFramePointer::kAtFramePointer) {
      frame_pointer_at = use_frame_pointer() + offset(rule.frame_pointer_offset);
    }
    return go_to(frame, frame + offset(rule.return_offset), frame_pointer_at);
  }

  // The innermost function, interrupted, has not saved where it returns to. It may have saved its caller's frame pointer, but no compiler
  // saves one without the other.
  bool step_by_link(const FrameRule& rule) {
    const uintptr_t caller = link_of(registers_);
    const uintptr_t frame = registers_.stack_pointer + static_cast<uintptr_t>(intptr_t{rule.cfa_offset});
    const bool is_plain = rule.known && !rule.cfa_from_frame_pointer && !rule.cfa_dereferenced &&
                          rule.frame_pointer == CallerFramePointer::kSame;
    if (!caller || !is_plain || frame < registers_.stack_pointer || frame > end_) return false;
    registers_ = {without_signature(caller), frame, registers_.frame_pointer};
    return plausible(registers_.pc);
  }

  // The frame record of the calling conventions: saved frame pointer, return address.
  bool step_by_frame_pointer() {
    const uintptr_t frame = use_frame_pointer();
    if (frame < registers_.stack_pointer || frame - registers_.stack_pointer > kFurthestFramePointer) return false;
    return go_to(frame + 2 * sizeof frame, frame + sizeof frame, frame);
  }

  static bool plausible(uintptr_t code) {
    if (base::program.dynamic || !base::program.code_end) return code >= 4096;
    return code >= base::program.code_start && code < base::program.code_end;
  }

  Registers registers_;
  uintptr_t end_;
  Trail* trail_;
  uintptr_t frame_pointer_at_ = 0;  // where the present frame pointer was read, 0: it is the first one
  bool first_ = true;
};

// Behind the leaf, which is there already.
size_t walk_on(Walk& walk, uintptr_t* frames, size_t capacity, bool& cut) {
  size_t count = 1;
  while (walk.step()) {
    if (count == capacity) {
      cut = true;
      break;
    }
    frames[count++] = walk.pc();
  }
  return count;
}

size_t walk_from(const Registers& registers, uintptr_t site, uintptr_t* frames, size_t capacity, bool& cut, Trail* trail) {
  cut = false;
  frames[0] = site;
  Walk walk(registers, end_of_stack(registers.stack_pointer), trail);
  size_t own_frames = 0;
  while (walk.pc() != site) {
    if (++own_frames > kOwnFrames || !walk.step()) return 1;
  }
  return walk_on(walk, frames, capacity, cut);
}

}  // namespace

void Trail::begin(uintptr_t site, uintptr_t stack_pointer) {
  site_ = site;
  stack_pointer_ = stack_pointer;
  count_ = 0;
  frame_pointer_matters_ = false;
}

void Trail::depend_on_frame_pointer(uintptr_t frame_pointer) {
  frame_pointer_ = frame_pointer;
  frame_pointer_matters_ = true;
}

void Trail::depend_on(uintptr_t address, uintptr_t value) {
  if (count_ < kCapacity) {
    offsets_[count_] = static_cast<uint32_t>(address - stack_pointer_);
    values_[count_] = value;
  }
  ++count_;
}

bool Trail::leads_as_before(uintptr_t site, uintptr_t stack_pointer, uintptr_t frame_pointer) const {
  if (site != site_ || stack_pointer != stack_pointer_ || count_ - 1 >= kCapacity) return false;
  if (frame_pointer_matters_ && frame_pointer != frame_pointer_) return false;
  for (uint32_t i = 0; i < count_; ++i) {
    if (*reinterpret_cast<const uintptr_t*>(stack_pointer + offsets_[i]) != values_[i]) return false;
  }
  return true;
}

size_t capture_stack(uintptr_t site, uintptr_t* frames, size_t capacity, bool& cut) {
  Registers registers;
  LOCKWRAP_READ_REGISTERS(registers);
  return walk_from(registers, site, frames, capacity, cut, nullptr);
}

size_t capture_interrupted(const Registers& registers, uintptr_t* frames, size_t capacity) {
  if (!registers.pc) return 0;
  frames[0] = registers.pc + 1;
  bool cut = false;
  Walk walk(registers, end_of_stack(registers.stack_pointer), nullptr);
  return walk_on(walk, frames, capacity, cut);
}

void update_stack(uintptr_t site, LastStack& stack) {
  Registers registers;
  LOCKWRAP_READ_REGISTERS(registers);
  if (stack.trail.leads_as_before(site, registers.stack_pointer, registers.frame_pointer)) return;
  stack.trail.begin(site, registers.stack_pointer);
  stack.frame_count =
      static_cast<uint32_t>(walk_from(registers, site, stack.frames, kMaxFrames, stack.cut, &stack.trail));
}

}  // namespace lockwrap::stack
