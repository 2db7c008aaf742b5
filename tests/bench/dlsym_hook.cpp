// The rival of the bench: pthread_mutex_lock and unlock overridden in the executable, the real ones found by dlsym, as bRPC's
// contention profiler does it. Written anew after bRPC's hot path while its profiler is off: the global switch, the
// thread-local re-entry mark, the thread's count of held locks. It does no more than that, so its cost is a lower bound of
// theirs, and it tells nothing about contention.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

using MutexCall = int (*)(pthread_mutex_t*);

namespace {

int find_lock(pthread_mutex_t* mutex);
int find_unlock(pthread_mutex_t* mutex);

MutexCall real_lock = find_lock;
MutexCall real_unlock = find_unlock;
pthread_once_t found = PTHREAD_ONCE_INIT;

void find_real_calls() {
  real_lock = reinterpret_cast<MutexCall>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  real_unlock = reinterpret_cast<MutexCall>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
  if (!real_lock || !real_unlock) abort();
}

int find_lock(pthread_mutex_t* mutex) {
  pthread_once(&found, find_real_calls);
  return real_lock(mutex);
}

int find_unlock(pthread_mutex_t* mutex) {
  pthread_once(&found, find_real_calls);
  return real_unlock(mutex);
}

void* volatile sampling;  // null: off
__thread bool inside_hook;
__thread int held_count;

__attribute__((noinline)) int sampled(MutexCall call, pthread_mutex_t* mutex) {
  inside_hook = true;
  const int result = call(mutex);
  inside_hook = false;
  return result;
}

}  // namespace

extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) {
  if (sampling && !inside_hook) return sampled(real_lock, mutex);
  const int result = real_lock(mutex);
  if (result == 0) ++held_count;
  return result;
}

extern "C" int pthread_mutex_unlock(pthread_mutex_t* mutex) {
  if (sampling && !inside_hook) return sampled(real_unlock, mutex);
  const int result = real_unlock(mutex);
  if (result == 0) --held_count;
  return result;
}
