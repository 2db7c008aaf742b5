// own_lock: sessions in a table behind a lock that pthread knows nothing of. Two workers look sessions up; now and then a cleaner
// goes over the whole table.
//
// What the report will show: one lock, `sessions`, of the kind custom. The workers wait in Sessions::touch(), and
// Sessions::remove_old() is to blame: it computes what to keep with the lock held.
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

#include "futex_lock.h"

using Clock = std::chrono::steady_clock;

class Sessions {
 public:
  explicit Sessions(size_t count) : last_use_(count) {}

  __attribute__((noinline)) void touch(size_t session) {
    const std::lock_guard guard(lock_);
    last_use_[session % last_use_.size()] = Clock::now();
  }

  // The mistake: the ages could be computed from a copy.
  __attribute__((noinline)) size_t remove_old(std::chrono::milliseconds oldest) {
    const std::lock_guard guard(lock_);
    size_t removed = 0;
    for (auto& use : last_use_) {
      if (Clock::now() - use < oldest) continue;
      use = {};
      ++removed;
    }
    return removed;
  }

 private:
  FutexLock lock_{"sessions"};
  std::vector<Clock::time_point> last_use_;
};

static void work(Sessions& sessions, const std::atomic<bool>& closing, size_t first) {
  for (size_t session = first; !closing; session += 977) {
    sessions.touch(session);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

int main() {
  Sessions sessions(300'000);
  std::atomic<bool> closing = false;
  std::thread one([&] { work(sessions, closing, 1); });
  std::thread other([&] { work(sessions, closing, 2); });
  size_t removed = 0;
  const auto end = Clock::now() + std::chrono::seconds(1);
  while (Clock::now() < end) {
    removed += sessions.remove_old(std::chrono::milliseconds(100));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  closing = true;
  one.join();
  other.join();
  std::printf("own_lock: %zu old sessions found\n", removed);
}
