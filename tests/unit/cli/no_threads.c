// Preloaded into a command: no thread can be made, as in some sandboxes.
#include <errno.h>

int pthread_create(void *thread, const void *attributes, void *(*start)(void *), void *argument) {
  (void)thread, (void)attributes, (void)start, (void)argument;
  return EPERM;
}
