#ifndef AWAIT_BLOCKED_H
#define AWAIT_BLOCKED_H

#include <stdio.h>
#include <string.h>

/* Returns when the thread sleeps in the kernel: after it has said that it will lock, that means it waits for the lock. */
static inline void await_blocked(int thread) {
  char path[64], line[256], state = 'R';
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
  while (state != 'S') {
    FILE *file = fopen(path, "r");
    if (file == NULL) return;
    if (fgets(line, sizeof line, file) != NULL && strrchr(line, ')') != NULL) state = strrchr(line, ')')[2];
    fclose(file);
  }
}

#endif
