#include "runtime/report/stuck_text.h"

#include <sys/syscall.h>

#include "runtime/base/clock.h"
#include "runtime/deadlock/holders.h"
#include "runtime/deadlock/workers.h"
#include "runtime/report/finding_parts.h"
#include "runtime/stack/asked_stack.h"

namespace lockwrap::report {

using base::Text;
using deadlock::Link;
using deadlock::ThreadState;
using locks::LockKind;
using locks::ThreadRecord;
using locks::WaitSeen;

namespace {

constexpr size_t kHoldersShown = 4;

uintptr_t address_of(uintptr_t lock) { return lock & ~locks::kHeldFlags; }

// Those in which a thread is often found; the others by their number.
const char* system_call_name(long number) {
  struct Name {
    long number;
    const char* text;
  };
  static constexpr Name kNames[] = {
      {SYS_read, "read"}, {SYS_write, "write"}, {SYS_fsync, "fsync"}, {SYS_fdatasync, "fdatasync"}, {SYS_futex, "futex"},
      {SYS_ppoll, "ppoll"}, {SYS_pselect6, "pselect6"}, {SYS_epoll_pwait, "epoll_pwait"}, {SYS_nanosleep, "nanosleep"},
      {SYS_connect, "connect"}, {SYS_accept4, "accept4"}, {SYS_recvfrom, "recvfrom"},
      {SYS_recvmsg, "recvmsg"}, {SYS_sendto, "sendto"}, {SYS_sendmsg, "sendmsg"}, {SYS_wait4, "wait4"}, {SYS_openat, "openat"},
      {SYS_flock, "flock"}, {SYS_fcntl, "fcntl"}, {SYS_rt_sigsuspend, "rt_sigsuspend"},
#if defined(SYS_poll)
      {SYS_poll, "poll"}, {SYS_epoll_wait, "epoll_wait"}, {SYS_pause, "pause"}, {SYS_open, "open"},
#endif
#if defined(SYS_select)
      {SYS_select, "select"},
#elif defined(SYS__newselect)
      {SYS__newselect, "select"},
#endif
#if defined(SYS_clock_nanosleep)
      {SYS_clock_nanosleep, "clock_nanosleep"},
#elif defined(SYS_clock_nanosleep_time32)  // musl's name for it
      {SYS_clock_nanosleep_time32, "clock_nanosleep"},
#endif
#if defined(SYS_futex_time64)  // 32-bit processors, with a 64-bit time_t
      {SYS_futex_time64, "futex"}, {SYS_ppoll_time64, "ppoll"}, {SYS_pselect6_time64, "pselect6"},
      {SYS_clock_nanosleep_time64, "clock_nanosleep"},
#endif
  };
  for (const Name& name : kNames) {
    if (name.number == number) return name.text;
  }
  return nullptr;
}

// "waits for `c` (condition)": in whatever it waits, that lockwrap has seen.
void add_seen_wait(Text& text, const ElfSymbols& symbols, const WaitSeen& wait) {
  if (wait.kind == LockKind::kJoin) {
    const ThreadRecord* joined = locks::find_thread_by_handle(wait.lock);
    text.add("waits for the end of ");
    if (joined) add_thread(text.add("thread "), joined->id.load(std::memory_order_relaxed));
    else text.add("a thread");
    return;
  }
  text.add(wait.kind == LockKind::kRwlock ? (wait.lock & locks::kShared ? "waits to read under " : "waits to write under ") : "waits for ");
  add_lock(text, symbols, address_of(wait.lock), wait.kind);
  if (wait.kind != LockKind::kRwlock) text.add(" (").add(locks::kind_name(wait.kind)).add(")");
}

// What a thread does now: "runs", "is in the system call read", "waits for ...".
void add_doing(Text& text, const ElfSymbols& symbols, const ThreadRecord& thread, uint32_t id) {
  WaitSeen wait;
  if (thread.published.read(wait)) return add_seen_wait(text, symbols, wait);
  if (locks::is_gone(id)) return void(text.add("has ended"));
  const ThreadState state = deadlock::state_of_thread(id);
  if (state.code == 'T' || state.code == 't') return void(text.add("is stopped"));
  if (state.system_call >= 0) {
    const char* name = system_call_name(state.system_call);
    text.add("is in the system call ");
    if (name) text.add(name);
    else text.add_number(static_cast<uint64_t>(state.system_call));
    return;
  }
  if (state.code == 'S' || state.code == 'D') return void(text.add("sleeps in the kernel"));
  text.add(state.code == 'R' ? "runs" : "does what cannot be seen here (no /proc)");
}

// Where the thread is now: in a wait that it has published, or as it tells itself when asked by a signal.
void add_present_stack(Text& text, const ElfSymbols& symbols, const char* indent, const ThreadRecord& thread, uint32_t id) {
  base::TextOf<16> inner;
  inner.add(indent).add("  ");
  WaitSeen wait;
  if (thread.published.read(wait)) {
    add_call(text.add(indent), symbols, "waits in", wait.site);
    const stack::LastStack& stack = thread.stack;
    if (stack.frame_count && stack.frames[0] == wait.site) add_callers(text, symbols, inner.c_str(), stack);
    return;
  }
  const int number = stack::stack_signal_number();
  if (!number || locks::is_gone(id)) return;
  const char state = deadlock::state_of_thread(id).code;
  if (state == 'T' || state == 't') return;
  if (deadlock::blocks_signal(id, number)) return void(text.add(indent).add("blocks the signal that would ask for its stack\n"));
  stack::AskedStack asked;
  const stack::Answer answer = stack::ask_stack(id, asked);
  if (answer == stack::Answer::kNoAnswer) text.add(indent).add("does not answer the signal that asks for its stack\n");
  if (answer != stack::Answer::kGiven) return;
  add_call(text.add(indent), symbols, "now in", asked.frames[0]);
  add_callers(text, symbols, inner.c_str(), asked.frames, asked.count);
}

// `held_ns`: how long at least, 0: not known.
void add_holder(Text& text, const ElfSymbols& symbols, const Link& holder, uintptr_t lock, uint64_t held_ns) {
  text.add("  thread ");
  add_thread(text, holder.id);
  text.add(holder.holds_to_read ? " reads under it" : " has it");
  if (held_ns) text.add(", for at least ").add_duration(held_ns);
  text.add("\n");
  if (holder.hold_site) add_hold(text, symbols, "    locked in", "      ", holder.thread, lock, holder.hold_site);
  text.add("    and ");
  add_doing(text, symbols, *holder.thread, holder.id);
  text.add("\n");
  add_present_stack(text, symbols, "    ", *holder.thread, holder.id);
}

}  // namespace

void add_stuck(Text& text, const void* what) {
  const auto& found = *static_cast<const StuckFound*>(what);
  deadlock::Search& search = found.search;
  const ElfSymbols symbols;
  const Link& waiter = search.link(0);
  const uint64_t held_ns = found.patience.held_ns(base::monotonic_ns());
  text.add("lockwrap: stuck: thread ");
  add_thread(text, waiter.id);
  text.add(" has waited ").add_duration(found.patience.waited_ns());
  text.add(waiter.wait.kind != LockKind::kRwlock ? " for " : waiter.wait.lock & locks::kShared ? " to read under " : " to write under ");
  add_lock(text, symbols, address_of(waiter.wait.lock), waiter.wait.kind);
  if (search.count() == 2) {
    text.add(", which thread ");
    add_thread(text, search.link(1).id);
    text.add(" has, and ");
    add_doing(text, symbols, *search.link(1).thread, search.link(1).id);
  } else if (search.count() > 2) {
    text.add(", which ").add_number(search.count() - 1).add(" threads have");
  } else {
    text.add("; who has it is not known");
  }
  text.add(".\n");
  add_call(text, symbols, "  waits in", waiter.wait.site);
  add_callers(text, symbols, "    ", waiter.thread->stack);
  for (size_t i = 1; i < search.count() && i <= kHoldersShown; ++i) add_holder(text, symbols, search.link(i), address_of(waiter.wait.lock), search.count() == 2 ? held_ns : 0);
  if (search.count() > kHoldersShown + 1) text.add("  and ").add_number(search.count() - kHoldersShown - 1).add(" more\n");
  text.add("  to do: let the holder release it before it waits for something else, or does something slow.\n\n");
}

void add_late_worker(Text& text, const void* what) {
  const auto& late = *static_cast<const deadlock::LateWorker*>(what);
  const ElfSymbols symbols;
  text.add("lockwrap: stuck: worker `").add(locks::name_text(late.name)).add("`, thread ");
  add_thread(text, late.id);
  text.add(", has not shown itself alive for ").add_duration(late.silent_ns).add(" (limit ").add_duration(late.limit_ns).add("), and ");
  add_doing(text, symbols, *late.thread, late.id);
  text.add(".\n");
  add_present_stack(text, symbols, "  ", *late.thread, late.id);
  WaitSeen wait;
  if (late.thread->published.read(wait)) {
    deadlock::Holder holders[deadlock::kMostHolders];
    const size_t count = deadlock::find_holders(wait, holders);
    for (size_t i = 0; i < count && i < kHoldersShown; ++i) {
      const uint32_t id = holders[i].thread->id.load(std::memory_order_relaxed);
      add_holder(text, symbols, {holders[i].thread, id, 0, {}, holders[i].site, holders[i].is_reader}, address_of(wait.lock), 0);
    }
  }
  text.add("  to do: look at what it does; a worker that waits for something else for long should end its promise before.\n\n");
}

void add_waits(Text& text) {
  struct Waits {
    Text& text;
    const ElfSymbols symbols;
    uint64_t now_ns;
    size_t count;
  } waits{text, ElfSymbols(), base::monotonic_ns(), 0};
  locks::for_each_thread(
      [](void* context, ThreadRecord& thread) {
        auto& all = *static_cast<Waits*>(context);
        WaitSeen wait;
        const uint32_t id = thread.id.load(std::memory_order_relaxed);
        if (!thread.published.read(wait) || locks::is_gone(id)) return;
        if (all.count++ == 0) all.text.add("who waits for whom:\n");
        all.text.add("  thread ");
        add_thread(all.text, id);
        all.text.add(" ");
        add_seen_wait(all.text, all.symbols, wait);
        all.text.add(", since ").add_duration(all.now_ns - wait.since_ns);
        deadlock::Holder holders[deadlock::kMostHolders];
        const size_t count = deadlock::find_holders(wait, holders);
        if (count && wait.kind != LockKind::kJoin) {
          all.text.add(", held by ");
          add_thread(all.text, holders[0].thread->id.load(std::memory_order_relaxed));
          if (count > 1) all.text.add(" and ").add_number(count - 1).add(" more");
        }
        add_call(all.text, all.symbols, ", in", wait.site);
      },
      &waits);
}

}  // namespace lockwrap::report
