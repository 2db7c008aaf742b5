// Whose function a caller is, by its name.
#include <doctest/doctest.h>

#include "check/libc_functions.h"

using lockwrap::cli::is_libc_function;

TEST_CASE("reserved names and libc's interface are libc's") {
  for (const char *name : {"__pthread_create", "_IO_flockfile", "_dl_open", "_nl_find_msg", "pthread_cond_wait", "execvp", "abort",
                           "set_binding_values.part.0", "__dl_iterate_phdr.cold", "mtx_lock"}) {
    CAPTURE(name);
    CHECK(is_libc_function(name, ""));
  }
}

TEST_CASE("the program's names are not libc's, also where they look alike") {
  for (const char *name : {"main", "execute_query", "sem_lock_table", "_cache_lock", "_ZN5Cache3getEi", "_RNvC5crate4lock", "_rjem_je_arena_new",
                           "__wrap_pthread_mutex_lock", "forked", "aborted", "je_malloc_mutex_lock", ""}) {
    CAPTURE(name);
    CHECK(!is_libc_function(name, ""));
  }
}

TEST_CASE("static functions with common names are libc's where its member says so") {
  CHECK(is_libc_function("cleanup", "aio_suspend.c"));
  CHECK(is_libc_function("helper_thread", "mq_notify.o"));
  CHECK(is_libc_function("start", "src/thread/pthread_create.c"));
  CHECK(!is_libc_function("cleanup", "cache.c"));
  CHECK(!is_libc_function("start", "server.o"));
}
