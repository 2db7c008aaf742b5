// Of all functions only those are listed that call a wrapped one, in glibc 2.36 and musl 1.2.3; tests/elf_check looks at programs that
// hold all of the machine's libcs. Those of other versions are found between their neighbours, nearly all of which have reserved names (wrap_check.cpp).
#include "check/libc_functions.h"

#include <algorithm>
#include <iterator>

namespace lockwrap::cli {
namespace {

// Names that a program may not define itself, because they are libc's interface; and names that hardly one does.
constexpr std::string_view kInterface[] = {
    "abort", "aio_cancel", "bcast_barrier", "call_once", "cleanup_fromsig", "cnd_broadcast", "cnd_signal", "cnd_timedwait", "cnd_wait",
    "daemon", "dl_open_worker", "do_aio_misc_wait", "do_lookup_x", "execl", "execle", "execlp", "execv", "execve", "execveat", "execvp",
    "execvpe", "exit", "fexecve", "fmtmsg", "fork", "forkpty", "getaddrinfo", "getnetgrent", "handle_fildes_io", "init_mq_netlink",
    "io_thread_func", "lio_listio", "maybe_script_execute", "mq_notify", "mtx_destroy", "mtx_init", "mtx_lock", "mtx_timedlock",
    "mtx_trylock", "mtx_unlock", "posix_spawn", "posix_spawnp", "quick_exit", "sem_clockwait", "sem_post", "sem_timedwait", "sem_wait",
    "set_binding_values", "setlocale", "start_c11", "thrd_create", "thrd_exit", "thrd_join", "timer_create", "timer_helper_thread", "wordexp"};

// Static functions with names that a program may have, too: where they are. Linkers note the source file, or the member of the archive.
struct LocalFunction {
  std::string_view name;
  std::string_view member;
};
constexpr LocalFunction kLocals[] = {
    {"child", "posix_spawn"},        {"cleanup", "aio"},       {"cleanup", "aio_suspend"},
    {"handle_requests", "gai_misc"}, {"handler", "synccall"},  {"helper_thread", "mq_notify"},
    {"notification_function", "mq_notify"}, {"start", "mq_notify"}, {"start", "pthread_create"},
    {"start", "timer_create"},       {"submit", "aio"}};

std::string_view without_folder_and_ending(std::string_view file) {
  const size_t folder = file.rfind('/');
  if (folder != std::string_view::npos) file.remove_prefix(folder + 1);
  return file.substr(0, file.find('.'));
}

}  // namespace

bool is_libc_function(std::string_view name, std::string_view source_file) {
  name = name.substr(0, name.find('.'));  // .part.0, .cold
  // Reserved, but not libc's: _Z and _R are mangled C++ and Rust, __wrap_ is lockwrap's.
  for (const std::string_view other : {"_Z", "_R", "__wrap_"}) {
    if (name.starts_with(other)) return false;
  }
  // One underscore and a small letter are for everybody's static functions, and many programs have such names. These are libc's.
  for (const std::string_view prefix : {"_dl_", "_nl_", "_res_"}) {
    if (name.starts_with(prefix)) return true;
  }
  if (name.size() >= 2 && name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'))) return true;
  if (name.starts_with("pthread_")) return true;
  if (std::find(std::begin(kInterface), std::end(kInterface), name) != std::end(kInterface)) return true;
  const std::string_view member = without_folder_and_ending(source_file);
  for (const LocalFunction &local : kLocals) {
    if (local.name == name && (member.empty() || local.member == member)) return true;
  }
  return false;
}

}  // namespace lockwrap::cli
