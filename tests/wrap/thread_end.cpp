// Locks in the very last moments of a thread: thread_local destructors and key destructors that set their key again, up to
// libc's last round. Threads made and ended by the thousand leave no record behind that is not used again.
#include <mutex>

#include "test_support.h"

namespace {

std::mutex mutex;
pthread_key_t key;
std::atomic<int> rounds;

struct Last {
  ~Last() { const std::lock_guard<std::mutex> guard(mutex); }
};
thread_local Last last;

void lock_again(void* value) {
  const std::lock_guard<std::mutex> guard(mutex);
  CHECK_HELD(1);
  ++rounds;
  pthread_setspecific(key, value);
}

void* end_with_locks(void*) {
  (void)&last;
  pthread_setspecific(key, &key);
  return nullptr;
}

}  // namespace

int main() {
  CHECK(pthread_key_create(&key, lock_again) == 0);
  constexpr int kThreads = 3000;
  for (int i = 0; i < kThreads; ++i) CHECK(pthread_join(start(end_with_locks), nullptr) == 0);
  printf("%d rounds\n", rounds.load());
}
