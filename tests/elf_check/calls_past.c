// An archive that was made to go past lockwrap: its references are renamed to __real_ before the link (CMakeLists.txt). One caller has a
// name for the whole program, one has not, and one takes an address instead of calling.
#include <pthread.h>

int counted;
static pthread_mutex_t counter_lock = PTHREAD_MUTEX_INITIALIZER;

void count_past(void) {
  pthread_mutex_lock(&counter_lock);
  ++counted;
  pthread_mutex_unlock(&counter_lock);
}

static int try_past(pthread_mutex_t *mutex) { return pthread_mutex_trylock(mutex) != 0; }

int (*choose(int index))(pthread_mutex_t *) { return index == 0 ? try_past : pthread_mutex_lock; }
