#include "runtime/report/finding_text.h"

#include "runtime/report/finding_parts.h"
#include "runtime/report/symbol_name.h"

namespace lockwrap::report {

namespace {

using base::Text;
using misuse::Finding;
using misuse::Misuse;

// The first line, after the thread: what it does, and what is wrong with it. $ stands for the lock, @ for the owner, % for the call,
// + for the further locks.
const char* sentence(const Finding& finding) {
  switch (finding.kind) {
    case Misuse::kRelock: return "locks $, which it has already. This is a deadlock: it waits for itself";
    case Misuse::kUpgrade: return "wants to write under $, which it has for reading. This is a deadlock: it waits for itself";
    case Misuse::kUnlockByStranger: return "unlocks $, which @ has locked";
    case Misuse::kUnlockOfFree: return "unlocks $, which nobody has locked";
    case Misuse::kDestroyHeld:
      return finding.owner_id == finding.thread_id ? "destroys $, which it has locked itself" : "destroys $, which @ has locked";
    case Misuse::kDestroyWaitedWith: return "destroys $, which @ will take again when its condition wait ends";
    case Misuse::kInitHeld:
      return finding.owner_id == finding.thread_id ? "initialises $, which it has locked itself" : "initialises $, which @ has locked";
    case Misuse::kHeldAtEnd: return "has ended with $ locked";
    case Misuse::kOwnerGone: return "waits for $, which @ had locked when it ended. This is a deadlock: nobody will release it";
    case Misuse::kHeldAtFork:
      return "waits for $, which @ of the parent process had locked at the fork. This is a deadlock: nobody will release the "
             "child's copy";
    case Misuse::kHeldAtExec: return "becomes another program (exec) while it has locked $";
    case Misuse::kWaitWithoutMutex:
      return finding.owner_id ? "waits for a condition with $, which @ has locked" : "waits for a condition with $, which nobody has locked";
    case Misuse::kWaitWithTwoMutexes: return "waits for a condition with $, while @ waits for it with another mutex";
    case Misuse::kHeldInCall: return "calls % with $+ locked";
    case Misuse::kNone: break;
  }
  return "";
}

const char* advice(Misuse kind) {
  switch (kind) {
    case Misuse::kRelock: return "release it first, or split off a function for callers that have the lock";
    case Misuse::kUpgrade: return "release it and lock it for writing, then look again at what was read";
    case Misuse::kUnlockByStranger: case Misuse::kUnlockOfFree:
      return "only the thread that locked a mutex may unlock it, once; to wake another thread use a semaphore or a condition";
    case Misuse::kDestroyHeld: case Misuse::kDestroyWaitedWith: return "destroy it after the last thread is done with it";
    case Misuse::kInitHeld: return "initialise it once, before any thread uses it";
    case Misuse::kOwnerGone: case Misuse::kHeldAtEnd: return "release it on every way out of the thread, by a guard object or a cleanup handler";
    case Misuse::kHeldAtFork:
      return "call only exec or _exit in the child of a program with threads, or hold the lock around fork (pthread_atfork)";
    case Misuse::kHeldAtExec: return "release it before; what it protects may be half done";
    case Misuse::kWaitWithoutMutex: return "lock the mutex before the wait, else a signal can come in between and be lost";
    case Misuse::kWaitWithTwoMutexes: return "use one mutex for all waiters of a condition";
    case Misuse::kHeldInCall: return "release what it has locked before the call, and lock it again after; until then all who want it wait";
    case Misuse::kNone: break;
  }
  return "";
}

void add_further(Text& text, const misuse::HeldLocks& held) {
  if (held.count < 2) return;
  text.add(" and ").add_number(held.count - 1).add(held.count == 2 ? " more lock" : " more locks");
}

void add_held(Text& text, const ElfSymbols& symbols, const misuse::HeldLocks& held, const locks::ThreadRecord* holder) {
  for (uint32_t i = 0; i < held.count && i < misuse::HeldLocks::kMost; ++i) {
    const misuse::HeldLock& lock = held.locks[i];
    text.add("  holds ");
    add_lock(text, symbols, lock.lock, lock.kind);
    add_hold(text, symbols, lock.is_reader ? ", locked for reading in" : ", locked in", "    ", holder, lock.lock, lock.site);
  }
  if (held.count > misuse::HeldLocks::kMost) text.add("  and ").add_number(held.count - misuse::HeldLocks::kMost).add(" more\n");
}

const char* owner_verb(const Finding& finding) {
  if (finding.kind == Misuse::kWaitWithTwoMutexes || finding.kind == Misuse::kDestroyWaitedWith) return "  the other waits in";
  return finding.is_reader ? "  locked for reading in" : "  locked in";
}

}  // namespace

void add_finding(Text& text, const Finding& finding, const stack::LastStack& stack) {
  const ElfSymbols symbols;
  text.add(finding.held ? "lockwrap: held-in-call: thread " : misuse::is_deadlock(finding.kind) ? "lockwrap: deadlock: thread " : "lockwrap: misuse: thread ");
  add_thread(text, finding.thread_id);
  text.add(" ");
  for (const char* at = sentence(finding); *at; ++at) {
    if (*at == '$') add_lock(text, symbols, finding.lock, finding.lock_kind);
    else if (*at == '@') add_thread(text.add("thread "), finding.owner_id);
    else if (*at == '%') add_symbol_name(text, finding.call);
    else if (*at == '+') add_further(text, *finding.held);
    else text.add_char(*at);
  }
  text.add(".\n");
  if (finding.condition) {
    text.add("  condition: ");
    add_lock(text, symbols, finding.condition, locks::LockKind::kCondition);
    text.add("\n");
  }
  if (finding.other_lock) {
    text.add("  other mutex: ");
    add_lock(text, symbols, finding.other_lock, locks::LockKind::kMutex);
    text.add("\n");
  }
  if (finding.owner_id) add_hold(text, symbols, owner_verb(finding), "    ", finding.owner, finding.lock, finding.owner_site);
  if (finding.held) add_held(text, symbols, *finding.held, finding.owner);
  if (finding.site) add_call(text, symbols, finding.held ? "  called in" : misuse::is_deadlock(finding.kind) ? "  waits in" : "  misused in", finding.site);
  add_callers(text, symbols, "    ", stack);
  text.add("  to do: ").add(advice(finding.kind)).add(".\n\n");
}

}  // namespace lockwrap::report
