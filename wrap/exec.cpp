// The exec family: the call is looked at, and made. libc itself goes on from one of these to another by inner names.
// The variadic ones cannot pass their arguments on, and do what libc's do: make a vector of them.
// Runs: inside the program's calls.
#include <stdarg.h>

#include "declarations.h"
#include "runtime/hooks.h"

namespace hooks = lockwrap::hooks;

int __wrap_execv(const char* path, char* const arguments[]) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_execv(path, arguments);
}

int __wrap_execve(const char* path, char* const arguments[], char* const environment[]) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_execve(path, arguments, environment);
}

int __wrap_execvp(const char* file, char* const arguments[]) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_execvp(file, arguments);
}

#if LOCKWRAP_HAS_execvpe
int __wrap_execvpe(const char* file, char* const arguments[], char* const environment[]) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_execvpe(file, arguments, environment);
}
#endif

#if LOCKWRAP_HAS_execveat
int __wrap_execveat(int folder, const char* path, char* const arguments[], char* const environment[], int flags) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_execveat(folder, path, arguments, environment, flags);
}
#endif

int __wrap_fexecve(int descriptor, char* const arguments[], char* const environment[]) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  return __real_fexecve(descriptor, arguments, environment);
}

namespace {

// How many arguments there are before the null pointer, `first` among them.
size_t count_arguments(const char* first, va_list& rest) {
  size_t count = 0;
  for (const char* argument = first; argument; argument = va_arg(rest, const char*)) ++count;
  return count;
}

void take_arguments(char** vector, size_t count, const char* first, va_list& rest) {
  const char* argument = first;
  for (size_t i = 0; i < count; ++i, argument = va_arg(rest, const char*)) vector[i] = const_cast<char*>(argument);
  vector[count] = nullptr;
}

}  // namespace

// On the caller's stack, as libc does: these calls are allowed in a vfork child and in signal handlers. The second walk ends behind the
// null pointer, where execle has its environment.
#define LOCKWRAP_VECTOR(vector, first)                                                                   \
  va_list rest;                                                                                          \
  va_start(rest, first);                                                                                 \
  const size_t vector##_count = count_arguments(first, rest);                                            \
  va_end(rest);                                                                                          \
  auto** vector = static_cast<char**>(__builtin_alloca((vector##_count + 1) * sizeof(char*)));           \
  va_start(rest, first);                                                                                 \
  take_arguments(vector, vector##_count, first, rest)

int __wrap_execl(const char* path, const char* first, ...) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  LOCKWRAP_VECTOR(arguments, first);
  va_end(rest);
  return __real_execv(path, arguments);
}

int __wrap_execle(const char* path, const char* first, ...) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  LOCKWRAP_VECTOR(arguments, first);
  char* const* environment = va_arg(rest, char* const*);
  va_end(rest);
  return __real_execve(path, arguments, environment);
}

int __wrap_execlp(const char* file, const char* first, ...) {
  hooks::look_at_exec(LOCKWRAP_SITE());
  LOCKWRAP_VECTOR(arguments, first);
  va_end(rest);
  return __real_execvp(file, arguments);
}
