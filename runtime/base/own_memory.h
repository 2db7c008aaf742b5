// Memory of the process that may be gone at any moment, as that of a lock of another thread: copied by the kernel, which answers
// instead of raising a signal. Where it refuses to (a strict seccomp filter, qemu's emulation of user programs), it is asked whether the
// memory is there, which every kernel answers, and the copy is made here; only memory that is unmapped between the two is then
// not noticed.
// Runs: when findings are looked for.
#pragma once

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace lockwrap::base {

enum class Copied : uint8_t { kYes, kNo, kRefused };  // kNo: nothing is there; kRefused: the kernel does not say

// Whether the eight bytes at an address that is a multiple of eight can be read: asked by a change of the signal mask that is refused, but
// only after the new mask has been read.
inline Copied is_readable(uintptr_t address) {
  constexpr int kNoSuchChange = -1;
  if (syscall(SYS_rt_sigprocmask, kNoSuchChange, address, nullptr, 8) == 0) return Copied::kRefused;
  return errno == EINVAL ? Copied::kYes : errno == EFAULT ? Copied::kNo : Copied::kRefused;
}

// At most a page. Keeps errno. Signal-safe.
inline Copied copy_own_memory(uintptr_t address, void* to, size_t size) {
  const int saved_errno = errno;
  const iovec here{to, size};
  const iovec there{reinterpret_cast<void*>(address), size};
  Copied copied = Copied::kYes;
  if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != static_cast<ssize_t>(size)) {
    copied = errno == EFAULT ? Copied::kNo : Copied::kRefused;
    if (copied == Copied::kRefused) {
      copied = is_readable(address & ~uintptr_t{7});
      if (copied == Copied::kYes) copied = is_readable((address + size - 1) & ~uintptr_t{7});
      if (copied == Copied::kYes) memcpy(to, reinterpret_cast<const void*>(address), size);
    }
  }
  errno = saved_errno;
  return copied;
}

// The same of memory that another thread uses at this moment, as far as one can know: read here also where the kernel says nothing.
inline bool read_memory_in_use(uintptr_t address, void* to, size_t size) {
  const Copied copied = copy_own_memory(address, to, size);
  if (copied == Copied::kRefused) memcpy(to, reinterpret_cast<const void*>(address), size);
  return copied != Copied::kNo;
}

}  // namespace lockwrap::base
