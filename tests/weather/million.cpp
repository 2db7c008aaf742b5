// A million mutexes, of which every hundredth is waited for; much more than the smallest tables have room for. Each is used, held
// a thousand at a time, and destroyed.
#include "weather.h"

namespace {

constexpr size_t kLocks = 1'000'000;

}  // namespace

int main(int argument_count, char** arguments) {
  const int count = rounds(argument_count, arguments, 1);
  for (int round = 0; round < count; ++round) {
    std::vector<pthread_mutex_t> locks(kLocks);
    for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_init(&lock, nullptr) == 0);
    std::atomic<size_t> wanted = 0;  // the lock that the other thread is to wait for, and 1
    std::atomic<pid_t> id = 0;
    std::thread waiter([&] {
      id = thread_id();
      for (size_t last = 0;;) {
        const size_t next = wanted;
        if (next == last) {
          sched_yield();
          continue;
        }
        if (next > kLocks) return;
        CHECK(pthread_mutex_lock(&locks[next - 1]) == 0);
        CHECK(pthread_mutex_unlock(&locks[next - 1]) == 0);
        last = next;
        wanted = last = 0;
      }
    });
    for (size_t first = 0; first < kLocks; first += 1000) {
      for (size_t i = first; i < first + 1000; ++i) CHECK(pthread_mutex_lock(&locks[i]) == 0);
      CHECK_HELD(1000);
      for (size_t i = first; i < first + 1000; i += 100) {
        wanted = i + 1;
        wait_until_asleep(id);
        CHECK(pthread_mutex_unlock(&locks[i]) == 0);
        while (wanted) sched_yield();
        CHECK(pthread_mutex_lock(&locks[i]) == 0);
      }
      for (size_t i = first; i < first + 1000; ++i) CHECK(pthread_mutex_unlock(&locks[i]) == 0);
      CHECK_HELD(0);
    }
    wanted = kLocks + 1;
    waiter.join();
    for (pthread_mutex_t& lock : locks) CHECK(pthread_mutex_destroy(&lock) == 0);
  }
}
