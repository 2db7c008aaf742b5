// The rest of that program: what it calls itself goes to lockwrap.
#include <pthread.h>

void count_past(void);
int (*choose(int index))(pthread_mutex_t *);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) void count_wrapped(void) {
  pthread_mutex_lock(&lock);
  count_past();
  pthread_mutex_unlock(&lock);
}

int main(int count, char **arguments) {
  (void)arguments;
  count_wrapped();
  return choose(count > 1)(&lock);
}
