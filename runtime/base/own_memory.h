// Memory of the process that may be gone at any moment, as that of a lock of another thread: copied by the kernel, which answers
// instead of raising a signal.
// Runs: when findings are looked for.
#pragma once

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace lockwrap::base {

enum class Copied : uint8_t { kYes, kNo, kRefused };  // kNo: nothing is there; kRefused: the kernel does not copy for this process

// Keeps errno. Signal-safe.
inline Copied copy_own_memory(uintptr_t address, void* to, size_t size) {
  const int saved_errno = errno;
  const iovec here{to, size};
  const iovec there{reinterpret_cast<void*>(address), size};
  Copied copied = Copied::kYes;
  if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != static_cast<ssize_t>(size)) {
    copied = errno == EFAULT ? Copied::kNo : Copied::kRefused;
  }
  errno = saved_errno;
  return copied;
}

// The same of memory that another thread uses at this moment, as far as one can know: read here where the kernel refuses.
inline bool read_memory_in_use(uintptr_t address, void* to, size_t size) {
  const Copied copied = copy_own_memory(address, to, size);
  if (copied == Copied::kRefused) memcpy(to, reinterpret_cast<const void*>(address), size);
  return copied != Copied::kNo;
}

}  // namespace lockwrap::base
