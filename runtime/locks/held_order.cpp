// The sums in a held list that make the keys of lock orders (order_key.h): of each entry, over it and all before it.
#include "runtime/locks/held_block.h"
#include "runtime/locks/order_key.h"

namespace lockwrap::locks {

constinit bool orders_watched;
constinit bool orders_full;

namespace {

// The sum over all inline entries.
uint32_t order_of_inline(ThreadRecord& thread) {
  const uint32_t count = inline_count(thread);
  return count == 1 ? 0 : count == 2 ? order_part(thread.details[1].order) : thread.details[count - 1].order;
}

// The sum over all entries before this one of a block. Blocks may be empty: a signal handler may have come before they were let go.
uint32_t order_before_in_block(ThreadRecord& thread, const HeldBlock& block, size_t index) {
  for (const HeldBlock* at = &block; at; at = at->previous) {
    const size_t count = at == &block ? index : at->count;
    if (count) return at->details[count - 1].order;
  }
  return order_of_inline(thread);
}

// The part of an inline entry's order that is its own.
uint32_t own_part(const ThreadRecord& thread, size_t index) {
  const uint32_t order = thread.details[index].order;
  if (index == 1) return order_part(order);
  return order - order_before(&thread.held[index]);
}

// The inverse of kOrderFactor modulo 2^32, by Newton's iteration.
constexpr uint32_t inverse(uint32_t factor) {
  uint32_t x = factor;
  for (int i = 0; i < 5; ++i) x *= 2 - factor * x;
  return x;
}
static_assert(inverse(kOrderFactor) * kOrderFactor == 1);

void subtract_order(ThreadRecord& thread, size_t first_inline, uint32_t part) {
  for (size_t i = first_inline; i < inline_count(thread); ++i) thread.details[i].order -= part;
  for (HeldBlock* block = thread.blocks; thread.overflow && block; block = block->next) {
    for (uint32_t i = 0; i < block->count; ++i) block->details[i].order -= part;
  }
}

void subtract_block_order(HeldBlock& block, size_t first, uint32_t part) {
  for (size_t i = first; i < block.count; ++i) block.details[i].order -= part;
  for (HeldBlock* later = block.next; later; later = later->next) {
    for (uint32_t i = 0; i < later->count; ++i) later->details[i].order -= part;
  }
}

}  // namespace

void forget_order(ThreadRecord& thread, const HeldRef& reference) {
  if (is_inline(thread, reference.entry)) {
    const auto index = static_cast<size_t>(reference.entry - thread.held);
    subtract_order(thread, index + 1, own_part(thread, index));
    if (index == 1 && inline_count(thread) > 2) thread.details[2].order *= inverse(kOrderFactor);  // it is the first one now
    return;
  }
  HeldBlock& block = block_of(thread, reference.entry);
  const auto index = static_cast<size_t>(reference.entry - block.entries);
  subtract_block_order(block, index + 1, reference.detail->order - order_before_in_block(thread, block, index));
}

uint32_t order_of_all(ThreadRecord& thread) {
  const HeldBlock* block = thread.overflow;
  return block ? order_before_in_block(thread, *block, block->count) : order_of_inline(thread);
}

void set_order(ThreadRecord& thread, const HeldRef& reference, uint32_t number) {
  if (is_inline(thread, reference.entry)) {
    reference.detail->order = reference.entry == thread.held + 1 ? number : order_before(reference.entry) + order_part(number);
    if (thread.overflow) subtract_order(thread, kInlineEntries, 0 - order_part(number));  // an inline one has gone: the blocks come behind it
    return;
  }
  const HeldBlock& block = block_of(thread, reference.entry);
  const auto index = static_cast<size_t>(reference.entry - block.entries);
  reference.detail->order = order_before_in_block(thread, block, index) + order_part(number);
}

void number_held(ThreadRecord& thread, const HeldRef& reference, uint32_t number) {
  const uint32_t part = order_part(number);
  if (is_inline(thread, reference.entry)) {
    const auto index = static_cast<size_t>(reference.entry - thread.held);
    if (own_part(thread, index)) return;
    if (index == 1) reference.detail->order = number;
    subtract_order(thread, index == 1 ? 2 : index, 0 - part);
    return;
  }
  HeldBlock& block = block_of(thread, reference.entry);
  const auto index = static_cast<size_t>(reference.entry - block.entries);
  if (reference.detail->order == order_before_in_block(thread, block, index)) subtract_block_order(block, index, 0 - part);
}

}  // namespace lockwrap::locks
