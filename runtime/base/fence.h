// A fence between stores: what is stored before it is seen before what is stored after it.
#pragma once

#include <atomic>

namespace lockwrap::base {

// ThreadSanitizer knows no fences (gcc refuses them with it); it is for tests on x86, where stores are seen in order anyway.
inline void fence_stores() {
#if defined(__SANITIZE_THREAD__)
  std::atomic_signal_fence(std::memory_order_release);
#else
  std::atomic_thread_fence(std::memory_order_release);
#endif
}

}  // namespace lockwrap::base
