// The entry point of the runtime's unit tests, and what wrap/ would give to the runtime.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "runtime/hooks.h"

// There are no wrappers here; the tests of the lock records set the words of their mutexes themselves.
extern "C" bool lockwrap_probe_lock_words() { return true; }
extern "C" uint32_t lockwrap_probe_owner() { return 0; }
extern "C" uintptr_t lockwrap_thread_handle() { return reinterpret_cast<uintptr_t>(&errno); }  // one a thread
extern "C" const uint32_t lockwrap_wrapped_functions = 0;
extern "C" bool lockwrap_start_watch() { return false; }
