// Locks that one thread takes and another releases, as fibers that change threads do: the taking thread's list does not fill up,
// also when the memory of the locks is gone.
#include <sys/mman.h>

#include "test_support.h"

namespace {

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
    munmap(mutex, 4096);
    handed = nullptr;
  }
}

}  // namespace

int main() {
  const pthread_t thread = start(release);
  for (int i = 0; i < 2000; ++i) {
    auto* mutex = static_cast<pthread_mutex_t*>(
        mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHECK(pthread_mutex_init(mutex, nullptr) == 0);
    CHECK(pthread_mutex_lock(mutex) == 0);
    handed = mutex;
    while (handed) sched_yield();
    CHECK(lockwrap_held_count() <= 32);
  }
  handed = reinterpret_cast<pthread_mutex_t*>(-1);
  CHECK(pthread_join(thread, nullptr) == 0);
  puts("handed over");
}
