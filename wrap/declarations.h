// __wrap_X and __real_X for every X of the list, with libc's own types: a wrapper with a wrong signature does not compile.
//
// The linker sends the program's calls of X to __wrap_X, and __real_X to libc's X. libc's `noexcept` is left out, because
// cancellation unwinds through wrappers. __real_X are strong references: a program linked without the --wrap flags
// does not link.
// Runs: nowhere, declarations only.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>
#if __has_include(<threads.h>)
#include <threads.h>
#endif

#include "available_symbols.h"

namespace lockwrap::wrap {

template <class Function>
struct Signature {
  using type = Function;
};
// Declared only. The conversion to a plain function pointer drops noexcept, and clang's noreturn.
template <class Result, class... Arguments>
Signature<Result(Arguments...)> signature_of(Result (*)(Arguments...));
template <class Result, class... Arguments>
Signature<Result(Arguments..., ...)> signature_of(Result (*)(Arguments..., ...));

}  // namespace lockwrap::wrap

// The attributes of libc's declarations (nonnull, nothrow) are no part of a type; gcc says so for each.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#define LOCKWRAP_DECLARE(name)                                                                                        \
  extern "C" __attribute__((visibility("default"))) decltype(lockwrap::wrap::signature_of(&::name))::type __wrap_##name; \
  extern "C" decltype(lockwrap::wrap::signature_of(&::name))::type __real_##name;
#define LOCKWRAP_SYMBOL(family, name) LOCKWRAP_IF_HAS_##name(LOCKWRAP_DECLARE(name))
#define LOCKWRAP_INNER_SYMBOL(family, name, neighbour)  // declared beside its body: no header does
#include "wrapped_symbols.def"
#undef LOCKWRAP_SYMBOL
#undef LOCKWRAP_INNER_SYMBOL
#undef LOCKWRAP_DECLARE
#pragma GCC diagnostic pop
