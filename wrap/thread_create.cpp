// The creation of threads: the new one is told by whom and when it was created, before its first instruction of the program's. What a
// thread did before it created another cannot happen at the same time as what that one does.
//
// The new thread begins in a function of ours, which goes on to the program's by a jump: nothing of it is left on the stack. What it needs
// for that lies in one of a few slots, since nothing may be allocated; when all are in use, or lockwrap is not, the program's function
// is the thread's first one, and its creator stays unknown.
// Runs: inside the program's calls, and first of all in new threads.
#include "declarations.h"
#include "nested.h"
#include "runtime/hooks.h"

namespace hooks = lockwrap::hooks;

namespace {

template <class Result>
struct Start {
  std::atomic<bool> taken;
  Result (*run)(void*);
  void* argument;
  hooks::Birth birth;
};

constexpr size_t kMostStarts = 128;  // threads that are created and do not run yet
template <class Result>
constinit Start<Result> starts[kMostStarts]{};

template <class Result>
Start<Result>* take_start(Result (*run)(void*), void* argument) {
  if (hooks::switched_off || !lockwrap::locks::orders_watched) return nullptr;
  for (Start<Result>& start : starts<Result>) {
    if (start.taken.load(std::memory_order_relaxed) || start.taken.exchange(true, std::memory_order_acquire)) continue;
    start.run = run;
    start.argument = argument;
    start.birth = hooks::birth_of_child();
    return &start;
  }
  return nullptr;
}

template <class Result>
void give_back(Start<Result>& start) {
  start.taken.store(false, std::memory_order_release);  // pairs with the exchange in take_start
}

template <class Result>
Result begin(void* slot) {
  auto& start = *static_cast<Start<Result>*>(slot);
  hooks::begin_life(start.birth);
  Result (*const run)(void*) = start.run;
  void* const argument = start.argument;
  give_back(start);
  return run(argument);
}

// musl counts threads under a readers-writer lock of its own, which it takes and releases by their public names.
template <class RealCall>
int create(RealCall real_call) {
#if defined(__GLIBC__)
  return real_call();
#else
  return lockwrap::wrap::call_libc(real_call);
#endif
}

}  // namespace

int __wrap_pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*), void* argument) {
  Start<void*>* start = take_start(run, argument);
  if (!start) return create([=] { return __real_pthread_create(thread, attributes, run, argument); });
  const int result = create([=] { return __real_pthread_create(thread, attributes, begin<void*>, start); });
  if (result != 0) give_back(*start);
  return result;
}

#if LOCKWRAP_HAS_thrd_create
int __wrap_thrd_create(thrd_t* thread, thrd_start_t run, void* argument) {
  Start<int>* start = take_start(run, argument);
  if (!start) return create([=] { return __real_thrd_create(thread, run, argument); });
  const int result = create([=] { return __real_thrd_create(thread, begin<int>, start); });
  if (result != thrd_success) give_back(*start);
  return result;
}
#endif
