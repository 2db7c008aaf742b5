// The classes of the C++ library over the wrapped functions: what they return, and what they throw.
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <system_error>
#include <thread>

#include "cases.h"
#include "libc_differences.h"

using namespace std::chrono_literals;

namespace {

// The code of the std::system_error that the call throws, 0: none.
template <class Call>
int thrown(Call call) {
  try {
    call();
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

template <class Body>
void elsewhere(Body body) { std::thread(body).join(); }

template <class Mutex>
void say_exclusion(Mutex& mutex) {
  SAY_WHETHER("taken", mutex.try_lock());
  elsewhere([&] { SAY_WHETHER("taken elsewhere", mutex.try_lock()); });
  mutex.unlock();
  elsewhere([&] {
    std::unique_lock lock(mutex, std::try_to_lock);
    SAY_WHETHER("taken elsewhere", lock.owns_lock());
  });
}

template <class Mutex>
void say_times(Mutex& mutex) {
  const std::lock_guard guard(mutex);
  elsewhere([&] {
    SAY_WHETHER("for 5 ms", mutex.try_lock_for(5ms));
    SAY_WHETHER("until then", mutex.try_lock_until(std::chrono::steady_clock::now() + 5ms));
    SAY_WHETHER("until then, by the wall clock", mutex.try_lock_until(std::chrono::system_clock::now() + 5ms));
    SAY_WHETHER("in the past", mutex.try_lock_for(-5ms));
  });
}

template <class Mutex>
void say_sharing(Mutex& mutex) {
  std::shared_lock first(mutex);
  elsewhere([&] {
    std::shared_lock second(mutex, std::try_to_lock);
    SAY_WHETHER("a second reader", second.owns_lock());
    SAY_WHETHER("a writer", mutex.try_lock());
  });
  first.unlock();
  std::unique_lock writer(mutex);
  elsewhere([&] { SAY_WHETHER("a reader beside the writer", mutex.try_lock_shared()); });
  if (!conformance::kIsGlibc) return;  // musl's writer would wait for itself
  SAY_AS("thrown by the writer's second lock", thrown([&] { mutex.lock(); }));
  SAY_AS("thrown by the writer's read lock", thrown([&] { mutex.lock_shared(); }));
}

}  // namespace

CASE("C++ mutexes: exclude", nullptr) {
  std::mutex mutex;
  say_exclusion(mutex);
  std::timed_mutex timed;
  say_exclusion(timed);
  std::recursive_mutex recursive;
  say_exclusion(recursive);
  std::recursive_timed_mutex recursive_timed;
  say_exclusion(recursive_timed);
  std::shared_mutex shared;
  say_exclusion(shared);
  std::shared_timed_mutex shared_timed;
  say_exclusion(shared_timed);
}

CASE("C++ mutexes: times", nullptr) {
  std::timed_mutex timed;
  say_times(timed);
  std::recursive_timed_mutex recursive_timed;
  say_times(recursive_timed);
  std::shared_timed_mutex shared_timed;
  say_times(shared_timed);
}

CASE("C++ shared mutexes: share, and throw at their own writer", nullptr) {
  std::shared_mutex shared;
  say_sharing(shared);
  std::shared_timed_mutex shared_timed;
  say_sharing(shared_timed);
}

CASE("C++ locks: thrown errors", nullptr) {
  std::mutex mutex;
  std::unique_lock<std::mutex> none, lock(mutex);
  SAY_AS("lock without a mutex", thrown([&] { none.lock(); }));
  SAY_AS("lock twice", thrown([&] { lock.lock(); }));
  lock.unlock();
  SAY_AS("unlock twice", thrown([&] { lock.unlock(); }));
}

CASE("C++ lock, scoped_lock, try_lock: several at once", nullptr) {
  std::mutex a, b;
  std::recursive_mutex c;
  std::shared_mutex d;
  {
    const std::scoped_lock all(a, b, c, d);
    elsewhere([&] { SAY_AS("the first that is taken", std::try_lock(a, b, c, d)); });
  }
  b.lock();
  elsewhere([&] { SAY_AS("the first that is taken", std::try_lock(a, b, c, d)); });
  b.unlock();
  std::lock(a, b, c, d);
  a.unlock(), b.unlock(), c.unlock(), d.unlock();
  SAY_AS("taken", std::try_lock(a, b, c, d));
}

CASE("C++ condition variables: waits", nullptr) {
  std::mutex mutex;
  std::condition_variable condition;
  std::condition_variable_any any;
  std::unique_lock lock(mutex);
  SAY_WHETHER("timed out", condition.wait_for(lock, 5ms) == std::cv_status::timeout);
  SAY_WHETHER("timed out, any", any.wait_for(lock, 5ms) == std::cv_status::timeout);
  SAY_WHETHER("predicate", condition.wait_until(lock, std::chrono::system_clock::now() + 5ms, [] { return false; }));
  bool ready = false;
  std::thread other([&] {
    const std::lock_guard guard(mutex);
    ready = true;
    condition.notify_one();
    any.notify_all();
  });
  condition.wait(lock, [&] { return ready; });
  any.wait(lock, [&] { return ready; });
  SAY_WHETHER("ready", ready);
  lock.unlock();
  other.join();
  std::stop_source stop;
  stop.request_stop();
  lock.lock();
  SAY_WHETHER("stopped", !any.wait(lock, stop.get_token(), [] { return false; }));
}

CASE("C++ call_once: an exception leaves it to the next", nullptr) {
  if (!conformance::kIsGlibc) conformance::not_for_this_kind();  // no exception leaves musl's pthread_once, which has no unwind table
  std::once_flag flag;
  int runs = 0;
  for (int i = 0; i < 4; ++i) {
    try {
      std::call_once(flag, [&] {
        if (++runs < 3) throw runs;
      });
      SAY_AS("done", i);
    } catch (int thrown_by) {
      SAY_AS("thrown", thrown_by);
    }
  }
  SAY_AS("runs", runs);
}

CASE("C++ threads: join, jthread, futures", nullptr) {
  std::thread thread([] {});
  thread.join();
  SAY_AS("join twice", thrown([&] { thread.join(); }));
  bool stopped = false;
  {
    std::jthread stopping([&](const std::stop_token& token) {
      while (!token.stop_requested()) std::this_thread::yield();
      stopped = true;
    });
  }
  SAY_WHETHER("stopped", stopped);
  auto answer = std::async(std::launch::async, [] { return 42; });
  SAY_AS("future", answer.get());
  std::promise<int> promise;
  auto future = promise.get_future();
  SAY_WHETHER("not ready", future.wait_for(5ms) == std::future_status::timeout);
  promise.set_value(7);
  SAY_AS("promise", future.get());
  std::thread self([&] {
    static std::thread* own;
    own = nullptr;
    SAY_AS("self join", thrown([] {
             std::thread me;
             if (!own) me.join();
           }));
  });
  self.join();
}
