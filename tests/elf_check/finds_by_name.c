// A program that calls what it has asked dlsym for: such a call goes past lockwrap, and no instruction shows it.
#include <dlfcn.h>
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int main(void) {
  int (*found)(pthread_mutex_t *) = (int (*)(pthread_mutex_t *))dlsym(RTLD_DEFAULT, "pthread_mutex_lock");
  return found == 0 || found(&lock) != 0 || pthread_mutex_unlock(&lock) != 0;
}
