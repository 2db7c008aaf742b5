#include "runtime/findings.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/options.h"
#include "runtime/base/text.h"
#include "runtime/contention/settlement.h"
#include "runtime/lifecycle.h"
#include "runtime/report/finding_text.h"
#include "runtime/stack/walk.h"

namespace lockwrap {

namespace {

// Of an init process, which the kernel spares a signal that it does not catch.
constexpr int kStatusOfAbortedInit = 66;

[[noreturn]] void end_program() {
  write_at_end(true);
  if (getpid() == 1) syscall(SYS_exit_group, kStatusOfAbortedInit);
  abort();
}

}  // namespace

void tell_of_other(const misuse::Finding& finding) {
  static constexpr stack::LastStack kNoStack{};
  const int saved_errno = errno;
  if (misuse::is_new(finding)) {
    write_finding(finding, kNoStack);
    if (base::same_text(base::options.on_misuse, "abort")) end_program();
  }
  errno = saved_errno;
}

void tell(locks::ThreadRecord& thread, const misuse::Finding& finding) {
  const int saved_errno = errno;
  if (misuse::is_new(finding)) {
    contention::make_room_for_frames(thread);
    stack::update_stack(finding.site, thread.stack);
    write_finding(finding, thread.stack);
    if (base::same_text(base::options.on_misuse, "abort")) end_program();
  }
  errno = saved_errno;
}

}  // namespace lockwrap
