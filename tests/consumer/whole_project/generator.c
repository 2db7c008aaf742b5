/* Run by the build: what it prints must be this line alone. */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

int main(void) {
  pthread_mutex_lock(&lock);
  puts("#define GENERATED 1");
  return pthread_mutex_unlock(&lock);
}
