// mmap and munmap as bare system calls: an allocator may define them itself (tcmalloc does), and run code of its own in them that locks, or
// waits for the very call of the program that lockwrap was reached by.
// Runs: once at start, and when a report is written.
#pragma once

#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lockwrap::base {

// As the calls of the same names, from the beginning of a file: MAP_FAILED, or -1, and errno. Signal-safe.
inline void* map_pages(size_t bytes, int protection, int flags, int descriptor) {
#ifdef SYS_mmap2  // of 32-bit machines, where SYS_mmap is missing or another call
  return reinterpret_cast<void*>(syscall(SYS_mmap2, nullptr, bytes, protection, flags, descriptor, 0L));
#else
  return reinterpret_cast<void*>(syscall(SYS_mmap, nullptr, bytes, protection, flags, descriptor, 0L));
#endif
}
inline int unmap_pages(void* memory, size_t bytes) { return static_cast<int>(syscall(SYS_munmap, memory, bytes)); }

}  // namespace lockwrap::base
