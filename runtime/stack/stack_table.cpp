#include "runtime/stack/stack_table.h"

#include <string.h>

namespace lockwrap::stack {

namespace {

struct Stack : base::TableEntry {
  uint64_t hash;
  uint32_t first_frame;
  uint16_t frame_count;
  uint16_t mark;
};

struct FramePool {
  std::atomic<uint64_t>* used;
  uintptr_t* frames;
  uint64_t capacity;
};

constinit base::BoundedTable<Stack> stacks;
constinit FramePool pool{};

// Room in the pool, or false; what a full pool was asked for is given back.
bool take_frames(size_t count, uint32_t& first) {
  const uint64_t start = pool.used->fetch_add(count, std::memory_order_relaxed);
  if (start + count > pool.capacity) {
    pool.used->fetch_sub(count, std::memory_order_relaxed);
    return false;
  }
  first = static_cast<uint32_t>(start);
  return true;
}

}  // namespace

bool place_stack_table(base::Arena& arena, size_t stack_count, size_t frame_count) {
  pool.used = static_cast<std::atomic<uint64_t>*>(arena.take(sizeof *pool.used));
  pool.frames = static_cast<uintptr_t*>(arena.take(frame_count * sizeof *pool.frames));
  pool.capacity = pool.used && pool.frames ? frame_count : 0;
  return stacks.place(arena, stack_count) && pool.capacity;
}

uint32_t intern_stack(const uintptr_t* frames, size_t count) {
  if (!pool.capacity) return 0;
  uint64_t hash = count;
  for (size_t i = 0; i < count; ++i) hash = base::mix(hash ^ frames[i]);
  const auto same = [&](const Stack& known) {
    return known.hash == hash && known.frame_count == count &&
           memcmp(pool.frames + known.first_frame, frames, count * sizeof *frames) == 0;
  };
  if (const Stack* known = stacks.find(hash, same)) return stacks.index_of(known);
  uint32_t first;
  if (!take_frames(count, first)) return 0;
  memcpy(pool.frames + first, frames, count * sizeof *frames);
  const Stack* stack = stacks.find_or_add(hash, same, [&](Stack& fresh) {
    fresh.hash = hash;
    fresh.first_frame = first;
    fresh.frame_count = static_cast<uint16_t>(count);
  });
  return stack ? stacks.index_of(stack) : 0;
}

StackView stack_of(uint32_t stack) {
  const Stack* known = stacks.at(stack);
  return known ? StackView{pool.frames + known->first_frame, known->frame_count} : StackView{nullptr, 0};
}

uint32_t stacks_used() { return stacks.used(); }

bool mark_stack(uint32_t stack) {
  Stack* known = stacks.at(stack);
  if (!known || known->mark) return false;
  known->mark = 1;
  return true;
}

void clear_stack_marks() {
  stacks.for_each([](Stack& stack) { stack.mark = 0; });
}

}  // namespace lockwrap::stack
