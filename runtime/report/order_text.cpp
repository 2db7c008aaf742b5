#include "runtime/report/order_text.h"

#include "runtime/report/finding_parts.h"
#include "runtime/stack/stack_table.h"

namespace lockwrap::report {

using base::Text;
using deadlock::Evidence;
using deadlock::Node;
using deadlock::OrderCycle;
using deadlock::OrderStep;

namespace {

void add_node(Text& text, const ElfSymbols& symbols, const Node& node) {
  add_lock(text, symbols, node.record->shown_address, node.record->kind);
}

// The thread may have ended: by its name then.
void add_witness(Text& text, uint32_t serial) {
  const deadlock::Life* life = deadlock::find_life(serial);
  if (!life) return void(text.add("?"));
  const char* name = locks::name_text(life->name);
  if (*name) text.add(name).add("/");
  text.add_number(life->thread_id);
}

const char* verb(const OrderStep& step, bool is_rwlock) {
  if (!is_rwlock) return " locked ";
  return step.evidence.reads_to ? " locked for reading " : " locked for writing ";
}

void add_callers_of(Text& text, const ElfSymbols& symbols, uint32_t stack) {
  const stack::StackView view = stack::stack_of(stack);
  add_callers(text, symbols, "      ", view.frames, view.count);
}

void add_step(Text& text, const ElfSymbols& symbols, const OrderStep& step) {
  const Evidence& evidence = step.evidence;
  text.add("  thread ");
  add_witness(text, evidence.thread);
  text.add(verb(step, step.to.record->kind == locks::LockKind::kRwlock));
  add_node(text, symbols, step.to);
  text.add(" while it had ");
  add_node(text, symbols, step.from);
  text.add(evidence.reads_from ? " for reading\n" : "\n");
  add_call(text, symbols, "    had locked that in", evidence.from_site);
  add_callers_of(text, symbols, evidence.from_stack);
  add_call(text, symbols, "    then this in", evidence.to_site);
  add_callers_of(text, symbols, evidence.stack);
}

void add_sentence(Text& text, const ElfSymbols& symbols, const OrderCycle& cycle) {
  if (cycle.count == 1) {
    text.add("thread ");
    add_witness(text, cycle.steps[0].evidence.thread);
    text.add(" reads under ");
    add_node(text, symbols, cycle.steps[0].to);
    text.add(", which it has for reading already: a writer that comes in between stops it, and waits for it, for good");
    return;
  }
  if (cycle.count == 2) {
    add_node(text, symbols, cycle.steps[0].from);
    text.add(" and ");
    add_node(text, symbols, cycle.steps[1].from);
    text.add(cycle.is_of_classes ? ", and other locks made where these were, are locked in both orders" : " are locked in both orders");
  } else {
    for (uint32_t i = 0; i < cycle.count; ++i) {
      if (i) text.add(i + 1 == cycle.count ? " and " : ", ");
      add_node(text, symbols, cycle.steps[i].from);
    }
    text.add(" are locked in a circle");
  }
  if (cycle.is_of_classes) return void(text.add(", never yet the same two: a deadlock if it can come to that"));
  text.add(cycle.is_weak ? ", by one thread: a deadlock if two threads come to do it at once" : ", by different threads: a deadlock when they meet");
}

}  // namespace

void add_order(Text& text, const void* what) {
  const auto& cycle = *static_cast<const OrderCycle*>(what);
  const ElfSymbols symbols;
  text.add("lockwrap: lock-order: ");
  add_sentence(text, symbols, cycle);
  text.add(".\n");
  for (uint32_t i = 0; i < cycle.count; ++i) add_step(text, symbols, cycle.steps[i]);
  text.add(cycle.count == 1 ? "  to do: read once, and hand on what was read.\n\n"
                            : "  to do: lock them in the same order everywhere, or together (std::scoped_lock).\n\n");
}

}  // namespace lockwrap::report
