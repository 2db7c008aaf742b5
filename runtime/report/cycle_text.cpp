#include "runtime/report/cycle_text.h"

#include "runtime/base/clock.h"
#include "runtime/base/own_memory.h"
#include "runtime/locks/mutex_words.h"
#include "runtime/report/finding_parts.h"

namespace lockwrap::report {

using base::Text;
using deadlock::Link;
using deadlock::Search;
using locks::HeldDetail;
using locks::HeldEntry;
using locks::LockKind;
using locks::ThreadRecord;
using locks::WaitSeen;

namespace {

constexpr size_t kThreadsInSentence = 8;
constexpr size_t kThreadsInFull = 24;  // with their stacks; the text has room for about as many
constexpr size_t kHeldShown = 8;       // of one thread

uintptr_t address_of(uintptr_t lock) { return lock & ~locks::kHeldFlags; }

// "waits for `accounts`, held by worker-7/12": what the waiter waits for, and how the next thread holds it up.
void add_wait(Text& text, const ElfSymbols& symbols, const WaitSeen& wait, const Link& holder) {
  const bool is_reader = wait.lock & locks::kShared;
  switch (wait.kind) {
    case LockKind::kJoin: text.add("waits for the end of "); break;
    case LockKind::kOnce:
      text.add("waits for the initialiser of ");
      add_lock(text, symbols, address_of(wait.lock), wait.kind);
      text.add(", which runs in ");
      break;
    case LockKind::kRwlock:
      text.add(is_reader ? "waits to read under " : "waits to write under ");
      add_lock(text, symbols, address_of(wait.lock), wait.kind);
      text.add(is_reader && !holder.hold_site ? ", behind the writer " : holder.holds_to_read ? ", which is read by " : ", held by ");
      break;
    default:
      text.add("waits for ");
      add_lock(text, symbols, address_of(wait.lock), wait.kind);
      text.add(", held by ");
  }
  add_thread(text, holder.id);
}

struct HeldText {
  Text& text;
  const ElfSymbols& symbols;
  const ThreadRecord& thread;
  uint32_t thread_id;
  uintptr_t waited_for;  // where libc notes no owner: by another thread of the circle, so this one has it
  size_t count;
};

// Entries of mutexes may be left over: libc tells who has them. Where it does not, only that one is certain for which the circle waits.
void add_held(void* context, const HeldEntry& entry, const HeldDetail& detail) {
  auto& held = *static_cast<HeldText*>(context);
  const uintptr_t lock = address_of(entry.lock);
  if (!lock) return;
  if (!locks::kMutexHasOwner && !(entry.lock & locks::kNoMutex) && lock != held.waited_for) return;
  if (locks::kMutexHasOwner && !(entry.lock & locks::kNoMutex)) {
    uint32_t owner = 0;
    if (!base::read_memory_in_use(lock + locks::kMutexOwnerOffset, &owner, sizeof owner)) return;
    if (owner != held.thread_id) return;
  }
  if (++held.count > kHeldShown) return;
  held.text.add("    holds ");
  add_lock(held.text, held.symbols, lock, locks::kind_of(entry, detail));
  add_hold(held.text, held.symbols, entry.lock & locks::kShared ? ", locked for reading in" : ", locked in", "      ", &held.thread, lock, entry.site);
}

void add_thread_in_full(Text& text, const ElfSymbols& symbols, const Link& before, const Link& waiter, const Link& holder, uint64_t now_ns) {
  text.add("  thread ");
  add_thread(text, waiter.id);
  text.add(" ");
  add_wait(text, symbols, waiter.wait, holder);
  text.add(", since ").add_duration(now_ns - waiter.wait.since_ns).add("\n");
  add_call(text, symbols, "    waits in", waiter.wait.site);
  const stack::LastStack& stack = waiter.thread->stack;
  if (stack.frame_count && stack.frames[0] == waiter.wait.site) add_callers(text, symbols, "      ", stack);
  HeldText held{text, symbols, *waiter.thread, waiter.id, locks::kMutexHasOwner ? 0 : address_of(before.wait.lock), 0};
  locks::for_each_held(*waiter.thread, add_held, &held);
  if (held.count > kHeldShown) text.add("    holds ").add_number(held.count - kHeldShown).add(" more\n");
}

const char* advice(Search& cycle) {
  // Elsewhere it is told before the wait.
  if (!locks::kMutexHasOwner && cycle.count() == 1) return "release it before, or let the caller that has it call what does not lock";
  for (size_t i = 0; i < cycle.count(); ++i) {
    if (cycle.link(i).wait.kind == LockKind::kJoin) return "join a thread without a lock that it needs to end";
    if (cycle.link(i).wait.kind == LockKind::kOnce) return "take no lock in the initialiser that others hold when they call it";
    const Link& holder = cycle.link((i + 1) % cycle.count());
    if (cycle.link(i).wait.lock & locks::kShared && !holder.hold_site) return "do not lock for reading twice: a writer that waits in between lets nobody pass";
  }
  return "take these locks in the same order everywhere, or together (std::scoped_lock), or release one before the other";
}

}  // namespace

void add_cycle(Text& text, const void* what) {
  const auto& found = *static_cast<const CycleFound*>(what);
  Search& cycle = found.cycle;
  const ElfSymbols symbols;
  const uint64_t now_ns = base::monotonic_ns();
  const size_t count = cycle.count();
  const auto next = [&](size_t i) -> const Link& { return cycle.link((i + 1) % count); };
  text.add("lockwrap: deadlock: thread ");
  add_thread(text, cycle.link(0).id);
  for (size_t i = 0; i < count; ++i) {
    if (i == kThreadsInSentence) {
      text.add(", and so on: ").add_number(count).add(" threads wait for each other");
      break;
    }
    text.add(i ? ", which " : " ");
    add_wait(text, symbols, cycle.link(i).wait, next(i));
  }
  text.add(".\n");
  for (size_t i = 0; i < count && i < kThreadsInFull; ++i) {
    const size_t before = locks::kMutexHasOwner ? i : (i + count - 1) % count;
    add_thread_in_full(text, symbols, cycle.link(before), cycle.link(i), next(i), now_ns);
  }
  if (count > kThreadsInFull) text.add("  and ").add_number(count - kThreadsInFull).add(" more threads\n");
  if (found.victim) {
    text.add("  given up: the call of thread ");
    add_thread(text, found.victim->id);
    text.add(" fails with EDEADLK, and the others go on\n");
  }
  text.add("  to do: ").add(advice(cycle)).add(".\n\n");
}

}  // namespace lockwrap::report
