// __wrap_X and __real_X for every X of the list, with libc's own types: a wrapper with a wrong signature does not compile.
//
// The linker sends the program's calls of X to __wrap_X, and __real_X to libc's X. libc's `noexcept` is left out, because
// cancellation unwinds through wrappers. __real_X are strong references: a program linked without the --wrap flags
// does not link.
// Runs: nowhere, declarations only.
#pragma once

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
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

// What 32-bit targets call a time, in programs whose time_t has 32 and 64 bits.
struct Timespec32 {
  int32_t tv_sec;
  int32_t tv_nsec;
};
struct Timespec64 {
  int64_t tv_sec;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  int32_t padding;
  int32_t tv_nsec;
#else
  int32_t tv_nsec;
  int32_t padding;
#endif
};
// Where libc's headers know only the 64-bit one (musl), the plain names are for objects that were compiled before that.
template <bool is_renamed, class Time> struct Plain { using type = Time; };
template <class Time> struct Plain<true, Time> { using type = Timespec32; };
using PlainTimespec = Plain<(sizeof(long) < sizeof(time_t)), timespec>::type;

// The signature with another type of time.
template <class Time, class Type> struct Retimed { using type = Type; };
template <class Time> struct Retimed<Time, const timespec*> { using type = const Time*; };
template <class Time, class Result, class... Arguments> struct Retimed<Time, Result(Arguments...)> {
  using type = Result(typename Retimed<Time, Arguments>::type...);
};

}  // namespace lockwrap::wrap

// The attributes of libc's declarations (nonnull, nothrow) are no part of a type; gcc says so for each.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#define LOCKWRAP_DECLARE_AS(name, ...)                                                       \
  extern "C" __attribute__((visibility("default"))) lockwrap::wrap::Retimed<__VA_ARGS__>::type __wrap_##name; \
  extern "C" lockwrap::wrap::Retimed<__VA_ARGS__>::type __real_##name;
#define LOCKWRAP_DECLARE(name, Time, base) \
  LOCKWRAP_DECLARE_AS(name, lockwrap::wrap::Time, decltype(lockwrap::wrap::signature_of(&::base))::type)
#define LOCKWRAP_SYMBOL(family, name) LOCKWRAP_IF_HAS_##name(LOCKWRAP_DECLARE(name, PlainTimespec, name))
#define LOCKWRAP_TIME64(family, name, other_name) LOCKWRAP_IF_HAS_##other_name(LOCKWRAP_DECLARE(other_name, Timespec64, name))
#define LOCKWRAP_INNER_SYMBOL(family, name, neighbour)  // declared beside its body: no header does
#include "wrapped_symbols.def"
#undef LOCKWRAP_TIME64
#undef LOCKWRAP_SYMBOL
#undef LOCKWRAP_INNER_SYMBOL
#undef LOCKWRAP_DECLARE
#undef LOCKWRAP_DECLARE_AS
#pragma GCC diagnostic pop

// LOCKWRAP_TIMED(name, (parameters), { body }): the wrapper of a function that is told a time, under all names that it has in this libc.
// In the parameters, Timespec is the type that belongs to the name; in the body, real is its real function.
#define LOCKWRAP_TIMED(name, parameters, ...)                                                   \
  LOCKWRAP_IF_HAS_##name(LOCKWRAP_TIMED_AS(name, PlainTimespec, parameters, __VA_ARGS__))      \
  LOCKWRAP_TIME64_OF_##name(LOCKWRAP_TIMED_AS_TIME64, parameters, __VA_ARGS__)
#define LOCKWRAP_TIMED_AS_TIME64(name, parameters, ...) LOCKWRAP_TIMED_AS(name, Timespec64, parameters, __VA_ARGS__)
#define LOCKWRAP_TIMED_AS(name, Time, parameters, ...)                                          \
  namespace name##_ {                                                                           \
  using Timespec = lockwrap::wrap::Time;                                                        \
  constexpr auto* real = &__real_##name;                                                        \
  extern "C" __attribute__((visibility("default"))) int __wrap_##name parameters __VA_ARGS__    \
  }
