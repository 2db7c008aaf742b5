// The mutexes and conditions of the C++ library over the wrappers: what each call answers, and what is held meanwhile.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "test_support.h"

namespace {

using std::chrono::milliseconds;

template <class Mutex>
bool taken_for_others(Mutex& mutex) {
  bool taken = false;
  std::thread([&] {
    taken = !mutex.try_lock();
    if (!taken) mutex.unlock();
    CHECK_HELD(0);
  }).join();
  return taken;
}

template <class Mutex>
void exclude(const char* name, bool recursive) {
  Mutex mutex;
  {
    const std::unique_lock lock(mutex);
    CHECK_HELD(1);
    if (recursive) {
      const std::lock_guard again(mutex);
      CHECK_HELD(2);
    }
    printf("%s: taken %d\n", name, taken_for_others(mutex));
  }
  CHECK_HELD(0);
  printf("%s: taken %d\n", name, taken_for_others(mutex));
}

template <class Mutex>
void time_out(const char* name) {
  Mutex mutex;
  const std::lock_guard guard(mutex);
  std::thread([&] {
    const bool relative = mutex.try_lock_for(milliseconds(3));
    const bool steady = mutex.try_lock_until(std::chrono::steady_clock::now() + milliseconds(3));
    const bool system = mutex.try_lock_until(std::chrono::system_clock::now() - milliseconds(3));
    printf("%s: timed %d %d %d\n", name, relative, steady, system);
    CHECK_HELD(0);
  }).join();
  CHECK_HELD(1);
}

template <class Condition>
void hand_to_and_fro(const char* name) {
  std::mutex mutex;
  Condition condition;
  int turn = 0;
  const auto play = [&](int me) {
    for (int round = 0; round < 1000; ++round) {
      std::unique_lock lock(mutex);
      condition.wait(lock, [&] { return turn == me; });
      CHECK_HELD(1);
      turn = 1 - me;
      condition.notify_all();
    }
    CHECK_HELD(0);
  };
  std::thread other(play, 1);
  play(0);
  other.join();
  std::unique_lock lock(mutex);
  printf("%s: timed wait %d\n", name, condition.wait_for(lock, milliseconds(3), [] { return false; }));
  CHECK_HELD(1);
}

void several_at_once() {
  std::mutex a;
  std::mutex b;
  std::mutex c;
  const auto both = [&](bool turned) {
    for (int round = 0; round < 2000; ++round) {
      if (turned) {
        const std::scoped_lock lock(c, b, a);
        CHECK_HELD(3);
      } else {
        const std::scoped_lock lock(a, b, c);
        CHECK_HELD(3);
      }
      CHECK_HELD(0);
    }
  };
  std::thread other(both, true);
  both(false);
  other.join();
}

}  // namespace

int main() {
  setvbuf(stdout, nullptr, _IONBF, 0);
  exclude<std::mutex>("mutex", false);
  exclude<std::recursive_mutex>("recursive_mutex", true);
  exclude<std::timed_mutex>("timed_mutex", false);
  exclude<std::recursive_timed_mutex>("recursive_timed_mutex", true);
  time_out<std::timed_mutex>("timed_mutex");
  time_out<std::recursive_timed_mutex>("recursive_timed_mutex");
  hand_to_and_fro<std::condition_variable>("condition_variable");
  hand_to_and_fro<std::condition_variable_any>("condition_variable_any");
  several_at_once();
}
