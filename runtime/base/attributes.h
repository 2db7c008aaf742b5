// Words on declarations that say what a function may do, and branch hints for the paths inside lock calls.
// Runs: nowhere, compile time only.
#pragma once

// Behind a declaration: the function never allocates, takes no lock and may run inside malloc and in a signal handler. Clang
// checks it where it knows how.
#if defined(__has_cpp_attribute)
#if __has_cpp_attribute(clang::nonallocating)
#define LOCKWRAP_NO_ALLOC [[clang::nonallocating]]
#endif
#endif
#ifndef LOCKWRAP_NO_ALLOC
#define LOCKWRAP_NO_ALLOC
#endif

#define LOCKWRAP_ALWAYS_INLINE inline __attribute__((always_inline))
#define LOCKWRAP_NEVER_INLINE __attribute__((noinline))
#define LOCKWRAP_COLD __attribute__((noinline, cold))
#define LOCKWRAP_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define LOCKWRAP_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
