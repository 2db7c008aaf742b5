// Locks that one thread takes and another releases, as fibers that change threads do: the taking thread's list does not fill up,
// also when the memory of the locks is gone.
#include <sys/mman.h>

#include "test_support.h"

namespace {

constexpr size_t kPage = 4096;
constexpr size_t kLocks = 2000;
std::atomic<pthread_mutex_t*> handed;

void* release(void*) {
  for (;;) {
    pthread_mutex_t* mutex = handed;
    if (!mutex) {
      sched_yield();
      continue;
    }
    if (mutex == reinterpret_cast<pthread_mutex_t*>(-1)) return nullptr;
    CHECK(pthread_mutex_unlock(mutex) == 0);
    const auto page = reinterpret_cast<uintptr_t>(mutex) / kPage;
    if (page % 2) munmap(mutex, kPage);  // the others stay, unlocked
    handed = nullptr;
  }
}

}  // namespace

int main() {
  const pthread_t thread = start(release);
  // Zeroed memory is an initialised mutex; every one at an address of its own.
  auto* pages = static_cast<char*>(
      mmap(nullptr, kLocks * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  CHECK(pages != MAP_FAILED);
  for (size_t i = 0; i < kLocks; ++i) {
    auto* mutex = reinterpret_cast<pthread_mutex_t*>(pages + i * kPage);
    CHECK(pthread_mutex_lock(mutex) == 0);
    handed = mutex;
    while (handed) sched_yield();
    CHECK(lockwrap_held_count() <= static_cast<int>(256 / sizeof(void*)));  // as many as are noted beside a thread's record
  }
  handed = reinterpret_cast<pthread_mutex_t*>(-1);
  CHECK(pthread_join(thread, nullptr) == 0);
  puts("handed over");
}
