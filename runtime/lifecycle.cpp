#include "runtime/lifecycle.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/files.h"
#include "runtime/base/options.h"
#include "runtime/base/output_file.h"
#include "runtime/base/program.h"
#include "runtime/contention/blame.h"
#include "runtime/contention/profile_tables.h"
#include "runtime/contention/timeline.h"
#include "runtime/deadlock/incident.h"
#include "runtime/deadlock/known_orders.h"
#include "runtime/deadlock/order_classes.h"
#include "runtime/deadlock/order_graph.h"
#include "runtime/findings.h"
#include "runtime/hooks.h"
#include "runtime/include/lockwrap/lockwrap.h"
#include "runtime/locks/hold_origin.h"
#include "runtime/report/profile_writer.h"
#include "runtime/report/stuck_text.h"
#include "runtime/report/suppressions.h"
#include "runtime/report/text_report.h"
#include "runtime/stack/asked_stack.h"

extern "C" __attribute__((weak)) const char* lockwrap_default_options(void);
extern "C" __attribute__((weak)) const char* lockwrap_default_suppressions(void);

namespace lockwrap {

namespace {

enum class Stage : uint32_t { kNotBegun, kBeginning, kWatching, kOff };
constinit std::atomic<Stage> stage;
constinit base::Arena arena;
constinit uint32_t first_pid;            // of the process that began; its forked children differ
constinit std::atomic<bool> writing;     // the writers share their buffers
constinit int complaints;                // about the options

void say(const char* problem, const char* of_what = "") {
  base::TextOf<256> line;
  line.add("lockwrap: ").add(problem).add(of_what).add("\n");
  base::print_to_stderr(line);
}
void say_no_memory(const char* for_what) { say("the kernel gave no memory for ", for_what); }

void read_options() {
  if (getauxval(AT_SECURE)) return;  // the environment belongs to somebody with fewer rights than the program
  if (lockwrap_default_options) {
    if (const char* text = lockwrap_default_options()) {
      complaints += base::parse_options(base::options, text, "lockwrap_default_options");
    }
  }
  if (const char* text = getenv("LOCKWRAP_OPTIONS")) {
    complaints += base::parse_options(base::options, text, "LOCKWRAP_OPTIONS");
  }
  if (lockwrap_default_suppressions) {
    if (const char* text = lockwrap_default_suppressions()) {
      complaints += report::add_suppressions(text, strlen(text), "lockwrap_default_suppressions");
    }
  }
  if (*base::options.suppressions) complaints += report::read_suppressions(base::options.suppressions);
}

// A process that was forked past the wrappers may have been so past libc, which then has its parent's thread id in its first thread,
// whoever is asked.
void begin_process(bool was_forked_unseen) {
  contention::ProcessState& state = contention::process_state();
  state.start_ns.store(base::monotonic_ns(), std::memory_order_relaxed);
  const bool owners_known = locks::kMutexHasOwner && !was_forked_unseen && lockwrap_probe_owner() == locks::kernel_thread_id();
  state.owners_known.store(owners_known, std::memory_order_relaxed);
  misuse::counts().clear();
  deadlock::counts().clear();
  deadlock::counts_of_orders().clear();
  deadlock::counts_of_stuck().clear();
  state.pid.store(static_cast<uint32_t>(getpid()), std::memory_order_release);
}

// The shares of the graph of lock orders, beside those of contention::place_tables.
bool place_tables() {
  const size_t share = arena.size() / 64;
  const bool looks_at_classes = base::options.lock_order == 2;
  return contention::place_tables(arena) && deadlock::place_orders(arena, 4 * share, (looks_at_classes ? 2 : 3) * share) && deadlock::place_known_orders(arena, share) &&
         (!looks_at_classes || deadlock::place_order_classes(arena, share)) && deadlock::place_lives(arena, share);
}

// Where the address space is limited (RLIMIT_AS; by nature on 32 bits), the program needs it: what lockwrap takes at start is for the
// worst case, of which little is ever touched. An eighth for the tables, and for thread records.
size_t most_bytes_each() {
  struct { uint64_t now, most; } limit;  // as the system call has it, on 32 bits, too
  if (syscall(SYS_prlimit64, 0, RLIMIT_AS, nullptr, &limit) != 0) limit.now = SIZE_MAX;
  return static_cast<size_t>(limit.now < SIZE_MAX ? limit.now : SIZE_MAX) / 8;
}

void begin() {
  Stage expected = Stage::kNotBegun;
  if (!stage.compare_exchange_strong(expected, Stage::kBeginning, std::memory_order_acquire)) return;
  const int saved_errno = errno;
  first_pid = static_cast<uint32_t>(getpid());
  base::look_for_stderr();
  read_options();
  base::describe_program();
  Stage reached = Stage::kOff;
  if (base::options.active) {
    locks::inline_entries_allowed = locks::kMutexHasWords && lockwrap_probe_lock_words();
    const size_t most_bytes = most_bytes_each();
    uint64_t& limit_mb = base::options.memory_limit_mb;
    if (limit_mb > most_bytes >> 20) limit_mb = most_bytes >> 20 | !(most_bytes >> 20);  // 1 at least
    if (!arena.reserve(limit_mb << 20) || !place_tables()) {
      say_no_memory("the tables (memory_limit_mb); nothing is watched");
    } else if (!locks::map_thread_pool(most_bytes)) {
      say_no_memory("thread records; nothing is watched");
    } else {
      if (base::options.hold_stacks && !locks::keep_hold_origins()) say_no_memory("hold_stacks=1");
      if (base::options.timeline_kb && !contention::keep_timeline(base::options.timeline_kb)) say_no_memory("timeline_kb");
      if (!contention::timeline_kept) contention::begin_blame();  // a timeline wants every hold, and none in passing
      begin_process(false);
      locks::visit_ended = hooks::look_at_ended;
      locks::orders_watched = base::options.lock_order > 0;
      reached = Stage::kWatching;
    }
  }
  hooks::switched_off = reached == Stage::kOff;
  hooks::looks_at_calls = reached == Stage::kWatching && !base::same_text(base::options.on_misuse, "off");
  stage.store(reached, std::memory_order_release);
  errno = saved_errno;
}

bool is_forked_child() { return static_cast<uint32_t>(getpid()) != first_pid; }

// The descriptor of `log`, opened if it is a file; -1 when it cannot be opened (said on stderr).
int open_log(bool& opened) {
  opened = false;
  if (base::same_text(base::options.log, "stderr")) return STDERR_FILENO;
  base::TextOf<base::kPathBytes> path;
  int failure = base::expand_path(base::options.log, false, path);
  int descriptor = -1;
  if (!failure) {
    descriptor = base::open_file(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) failure = errno;
  }
  if (failure) {
    base::TextOf<base::kPathBytes + 128> line;
    line.add("lockwrap: cannot open the log '").add(base::options.log).add("' (errno ")
        .add_number(static_cast<uint64_t>(failure)).add("); reports go to stderr\n");
    base::print_to_stderr(line);
    return STDERR_FILENO;
  }
  opened = true;
  return descriptor;
}

void report_to_log(bool with_waits) {
  bool opened;
  const int descriptor = open_log(opened);
  if (opened || base::has_stderr()) {
    write_report(descriptor);
    if (with_waits) write_waits(descriptor);
  }
  if (opened) base::close_file(descriptor);
}

void profile_to_option() {
  const int failure = write_profile(nullptr);
  if (!failure) return;
  base::TextOf<base::kOptionTextBytes + 160> line;
  line.add("lockwrap: the profile was not written to '").add(base::options.profile_path).add("': ");
  switch (failure) {
    case EINVAL: line.add("use only %e %p %h %t %% in profile_path"); break;
    case ENOENT: line.add("the directory does not exist"); break;
    case EISDIR: line.add("it is a directory"); break;
    case ENOTDIR: line.add("a part of the path is no directory"); break;
    case EACCES: case EPERM: case EROFS: line.add("no permission to write there"); break;
    case ENOSPC: case EDQUOT: line.add("the disk is full"); break;
    case ENAMETOOLONG: line.add("the path is too long"); break;
    case EBUSY: line.add("another thread is writing one"); break;
    default: line.add("errno ").add_number(static_cast<uint64_t>(failure));
  }
  line.add("\n");
  base::print_to_stderr(line);
}

// Queued with this value (sigqueue), as `lockwrap top` does every few seconds, the signal asks for the profile alone: the log is not for that.
constexpr int kProfileAlone = 0x6c77;

// Takes about 11 KiB of the stack that it interrupts; a coroutine's stack is best made larger. No SA_ONSTACK: an alternate stack
// may be smaller than that, which nobody can know when the handler is installed.
void on_dump_signal(int, siginfo_t* info, void*) {
  const int saved_errno = errno;
  if (*base::options.profile_path) profile_to_option();
  if (info->si_code != SI_QUEUE || info->si_value.sival_int != kProfileAlone) report_to_log(true);
  errno = saved_errno;
}

void install_dump_signal() {
  const int number = *base::options.dump_signal ? base::signal_number(base::options.dump_signal) : 0;
  if (!number) return;
  struct sigaction action = {};
  action.sa_sigaction = on_dump_signal;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  sigfillset(&action.sa_mask);
  if (sigaction(number, &action, nullptr) != 0) say("the dump_signal could not be installed");
}

void confirm() {
  base::TextOf<2048> line;
  line.add("lockwrap " LOCKWRAP_VERSION ": ")
      .add(is_watching() ? "watching" : base::options.active ? "no memory, nothing is watched" : "switched off by active=0")
      .add("; locks known by ").add(locks::inline_entries_allowed ? "their own words" : "their addresses")
      .add("; stacks by ").add(base::program.eh_frame_header ? "unwind tables" : "frame pointers")
      .add("; tables ").add_number(base::options.memory_limit_mb).add(" MiB; profile to ")
      .add(*base::options.profile_path ? base::options.profile_path : "nowhere").add("; log to ")
      .add(base::options.log);
  // Whether the link sends the program's calls here, `lockwrap check` tells.
  line.add("; this archive wraps ").add_number(lockwrap_wrapped_functions).add(" functions; outside:");
  base::add_shared_libraries(line);
  if (complaints) line.add("; options with complaints: ").add_number(static_cast<uint64_t>(complaints));
  line.add("\n");
  base::print_to_stderr(line);
}

class WriterTurn {
 public:
  WriterTurn() : taken_(!writing.exchange(true, std::memory_order_acquire)) {}
  ~WriterTurn() {
    if (taken_) writing.store(false, std::memory_order_release);
  }
  WriterTurn(const WriterTurn&) = delete;
  WriterTurn& operator=(const WriterTurn&) = delete;
  bool taken() const { return taken_; }

 private:
  bool taken_;
};

// The one constructor: what a program without any lock wants as well.
__attribute__((constructor)) void at_start() {
  begin();
  install_dump_signal();
  if (base::options.stuck_signal && is_watching() && !stack::take_stack_signal()) say("stuck_signal=1: every real-time signal has a handler already");
  if (base::options.worker_watch && is_watching() && !lockwrap_start_watch()) say("the thread of worker_watch=1 could not be made");
  if (base::options.help) base::print_options(base::options);
  if (base::options.confirm) confirm();
}

__attribute__((destructor)) void at_exit() { write_at_end(true); }

}  // namespace

locks::ThreadRecord* begin_thread() {
  if (stage.load(std::memory_order_acquire) == Stage::kNotBegun) begin();
  if (!is_watching()) return nullptr;
  if (!contention::process_state().pid.load(std::memory_order_acquire)) begin_process(true);
  locks::ThreadRecord* thread = locks::claim_thread_record();
  if (!thread) contention::dropped().threads.fetch_add(1, std::memory_order_relaxed);
  return thread;
}

bool is_watching() { return stage.load(std::memory_order_acquire) == Stage::kWatching; }

void begin_forked_child() {
  if (!is_watching()) return;
  const int saved_errno = errno;
  const auto pid = static_cast<uint32_t>(getpid());
  const uint32_t known_pid = contention::process_state().pid.load(std::memory_order_acquire);
  if (known_pid != pid) {
    if (known_pid) {
      arena.wipe();
      locks::wipe_thread_pool();
      contention::wipe_timeline();
    }
    locks::this_thread = nullptr;
    locks::abandon_held_list();
    begin_process(false);
  }
  writing.store(false, std::memory_order_relaxed);  // whoever wrote is not in this process
  forget_tellers();
  stack::forget_question();
  deadlock::forget_searches();
  errno = saved_errno;
}

void write_at_end(bool by_exit_handler) {
  if (!is_watching()) return;
  contention::ProcessState& state = contention::process_state();
  if (state.pid.load(std::memory_order_acquire) != static_cast<uint32_t>(getpid())) return;
  if (!by_exit_handler && is_forked_child()) return;
  if (state.final_written.exchange(1, std::memory_order_acq_rel)) return;
  const int saved_errno = errno;
  hooks::look_at_put_off_orders();
  locks::for_each_thread(
      [](void*, locks::ThreadRecord& thread) {
        if (locks::is_gone(thread.id.load(std::memory_order_relaxed))) hooks::look_at_ended(thread);
      },
      nullptr);
  if (*base::options.profile_path) profile_to_option();
  if (base::options.report_at_exit) report_to_log(false);
  errno = saved_errno;
}

int write_profile(const char* pattern) {
  if (!is_watching()) return ENOSYS;
  if (!pattern) pattern = base::options.profile_path;
  base::TextOf<base::kPathBytes> path;
  if (int failure = base::expand_path(pattern, is_forked_child(), path)) return failure;
  const WriterTurn turn;
  if (!turn.taken()) return EBUSY;
  static base::OutputFile file;  // too large for a signal stack; one writer at a time
  if (int failure = file.open(path.c_str())) return failure;
  return file.close(report::write_profile(file.descriptor()));
}

void write_to_log(const base::Text& text) {
  bool opened;
  const int descriptor = open_log(opened);
  if (opened || base::has_stderr()) base::write_all(descriptor, text.c_str(), text.length());
  if (opened) base::close_file(descriptor);
}

int write_waits(int descriptor) {
  if (!is_watching()) return ENOSYS;
  const WriterTurn turn;
  if (!turn.taken()) return EBUSY;
  static base::TextOf<24 * 1024> text;  // too large for a signal stack; one writer at a time
  text.clear();
  report::add_waits(text);
  if (!text.length()) text.add("no thread waits\n");
  return base::write_all(descriptor, text.c_str(), text.length());
}

int write_report(int descriptor) {
  if (!is_watching()) return ENOSYS;
  const WriterTurn turn;
  if (!turn.taken()) return EBUSY;
  return report::write_text_report(descriptor);
}

}  // namespace lockwrap
