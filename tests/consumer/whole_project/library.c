/* In a shared library and in a plugin. */
#include <pthread.h>

static pthread_mutex_t library_lock = PTHREAD_MUTEX_INITIALIZER;

int use_library(void) {
  pthread_mutex_lock(&library_lock);
  return pthread_mutex_unlock(&library_lock);
}
