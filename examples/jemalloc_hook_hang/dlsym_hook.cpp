// How not to do it: pthread's mutex functions overridden in the program, the real ones found with dlsym() at the
// first call. RPC frameworks and profilers do this; with jemalloc in a static program it never reaches main:
//
//   libc starts -> malloc -> jemalloc's own lock -> this hook -> pthread_once -> look_up() -> dlsym()
//     -> nothing is found in a static program, dlsym() writes an error message -> malloc -> jemalloc's own lock
//     -> this hook -> pthread_once, which the same thread is in the middle of: it waits for itself, for ever.
//
// Guarding the look-up with a flag or a static variable instead of pthread_once moves the knot and does not untie it:
// the lookup needs malloc, malloc needs a lock, the lock needs the lookup.
#include <dlfcn.h>
#include <pthread.h>

namespace {

using MutexFunction = int (*)(pthread_mutex_t *);

int first_lock(pthread_mutex_t *mutex);
int first_trylock(pthread_mutex_t *mutex);
int first_unlock(pthread_mutex_t *mutex);

constinit MutexFunction real_lock = first_lock;
constinit MutexFunction real_trylock = first_trylock;
constinit MutexFunction real_unlock = first_unlock;
constinit pthread_once_t looked_up = PTHREAD_ONCE_INIT;

void look_up() {
  real_lock = reinterpret_cast<MutexFunction>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  real_trylock = reinterpret_cast<MutexFunction>(dlsym(RTLD_NEXT, "pthread_mutex_trylock"));
  real_unlock = reinterpret_cast<MutexFunction>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
}

int first_lock(pthread_mutex_t *mutex) {
  pthread_once(&looked_up, look_up);
  return real_lock(mutex);
}

int first_trylock(pthread_mutex_t *mutex) {
  pthread_once(&looked_up, look_up);
  return real_trylock(mutex);
}

int first_unlock(pthread_mutex_t *mutex) {
  pthread_once(&looked_up, look_up);
  return real_unlock(mutex);
}

}  // namespace

// Here a profiler would measure. Calling the real function is enough to hang.
extern "C" int pthread_mutex_lock(pthread_mutex_t *mutex) noexcept { return real_lock(mutex); }
extern "C" int pthread_mutex_trylock(pthread_mutex_t *mutex) noexcept { return real_trylock(mutex); }
extern "C" int pthread_mutex_unlock(pthread_mutex_t *mutex) noexcept { return real_unlock(mutex); }
