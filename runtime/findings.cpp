#include "runtime/findings.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "runtime/base/options.h"
#include "runtime/contention/settlement.h"
#include "runtime/lifecycle.h"
#include "runtime/report/finding_text.h"
#include "runtime/report/suppressions.h"
#include "runtime/stack/walk.h"

namespace lockwrap {

namespace {

// Of an init process, which the kernel spares a signal that it does not catch.
constexpr int kStatusOfAbortedInit = 66;

// Not on the stack, which may be a signal handler's; findings that come at once are few. One more than these is not told.
struct FindingBuffer {
  std::atomic<bool> taken;
  char text[16 * 1024];  // a longer finding is cut
};
constinit FindingBuffer buffers[4]{};

constinit std::atomic<FindingHandler> handler;
constinit std::atomic<void*> handler_context;

[[noreturn]] void end_program() {
  write_at_end(true);
  if (getpid() == 1) syscall(SYS_exit_group, kStatusOfAbortedInit);
  abort();
}

const char* name_of(FindingKind kind) {
  static constexpr const char* kNames[kFindingKinds] = {"deadlock", "lock-order", "stuck", "misuse", "held-in-call"};
  return kNames[static_cast<size_t>(kind)];
}

bool ends_program(FindingKind kind) {
  switch (kind) {
    case FindingKind::kDeadlock: return base::same_text(base::options.on_deadlock, "abort");
    case FindingKind::kLockOrder: return base::options.lock_order_abort && base::same_text(base::options.on_deadlock, "abort");
    case FindingKind::kStuck: return base::same_text(base::options.on_stuck, "abort");
    case FindingKind::kMisuse: case FindingKind::kHeldInCall: return base::same_text(base::options.on_misuse, "abort");
  }
  return false;
}

FindingKind kind_of(const misuse::Finding& finding) {
  if (finding.kind == misuse::Misuse::kHeldInCall) return FindingKind::kHeldInCall;
  return misuse::is_deadlock(finding.kind) ? FindingKind::kDeadlock : FindingKind::kMisuse;
}

struct MisuseFound {
  const misuse::Finding& finding;
  const stack::LastStack& stack;
};

void add_misuse(base::Text& text, const void* what) {
  const auto& found = *static_cast<const MisuseFound*>(what);
  report::add_finding(text, found.finding, found.stack);
}

}  // namespace

void tell(FindingKind kind, AddFinding add_finding, const void* what) {
  const int saved_errno = errno;
  for (FindingBuffer& buffer : buffers) {
    if (buffer.taken.exchange(true, std::memory_order_acquire)) continue;  // pairs with the release below
    base::Text text(buffer.text, sizeof buffer.text);
    add_finding(text, what);
    if (report::is_suppressed(name_of(kind), text.c_str())) {
      buffer.taken.store(false, std::memory_order_release);
      errno = saved_errno;
      return;
    }
    write_to_log(text);
    if (const FindingHandler handle = handler.load(std::memory_order_acquire)) {
      handle(name_of(kind), text.c_str(), handler_context.load(std::memory_order_relaxed));
    }
    buffer.taken.store(false, std::memory_order_release);
    if (ends_program(kind)) end_program();
    break;
  }
  errno = saved_errno;
}

void tell_misuse(locks::ThreadRecord& thread, const misuse::Finding& finding) {
  if (!misuse::is_new(finding)) return;
  contention::make_room_for_frames(thread);
  stack::update_stack(finding.site, thread.stack);
  const MisuseFound found{finding, thread.stack};
  tell(kind_of(finding), add_misuse, &found);
}

void tell_misuse_of_other(const misuse::Finding& finding) {
  static constexpr stack::LastStack kNoStack{};
  const MisuseFound found{finding, kNoStack};
  if (misuse::is_new(finding)) tell(kind_of(finding), add_misuse, &found);
}

void set_finding_handler(FindingHandler handle, void* context) {
  handler.store(nullptr, std::memory_order_relaxed);
  handler_context.store(context, std::memory_order_relaxed);
  handler.store(handle, std::memory_order_release);  // pairs with the acquire in tell
}

void forget_tellers() {
  for (FindingBuffer& buffer : buffers) buffer.taken.store(false, std::memory_order_relaxed);
}

}  // namespace lockwrap
