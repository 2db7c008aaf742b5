// Tells for which configuration it was compiled, under a lock.
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

const char *configuration(void) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_unlock(&mutex);
  return CONFIGURATION;
}
