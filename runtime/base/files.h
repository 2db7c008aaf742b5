// open, read, write and close as bare system calls: libc's are cancellation points, and a lock call that prints a finding, or a
// signal handler that writes a report, must not become one.
// Runs: when something is printed or written.
#pragma once

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lockwrap::base {

// As the calls of the same names: a descriptor, a number of bytes, or -1 and errno. Signal-safe.
inline int open_file(const char* path, int flags, int mode = 0) {
  return static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
inline ssize_t read_file(int descriptor, void* data, size_t size) { return syscall(SYS_read, descriptor, data, size); }
inline ssize_t write_file(int descriptor, const void* data, size_t size) { return syscall(SYS_write, descriptor, data, size); }
inline int close_file(int descriptor) { return static_cast<int>(syscall(SYS_close, descriptor)); }

}  // namespace lockwrap::base
