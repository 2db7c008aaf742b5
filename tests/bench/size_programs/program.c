/* What a small service in C brings along anyway: threads, locks, waits, text, files. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ready = PTHREAD_COND_INITIALIZER;
static int requests;

static void *serve(void *file) {
  pthread_mutex_lock(&lock);
  while (!requests) pthread_cond_wait(&ready, &lock);
  pthread_mutex_unlock(&lock);
  fprintf(file, "%ld: %d requests\n", (long)time(NULL), requests);
  return NULL;
}

int main(int argument_count, char **arguments) {
  FILE *file = argument_count > 1 ? fopen(arguments[1], "a") : stdout;
  char *name = strdup(arguments[0]);
  pthread_t thread;
  if (!file || !name || pthread_create(&thread, NULL, serve, file) != 0) return 1;
  pthread_mutex_lock(&lock);
  requests = (int)strlen(name);
  pthread_cond_signal(&ready);
  pthread_mutex_unlock(&lock);
  pthread_join(thread, NULL);
  free(name);
  return 0;
}
