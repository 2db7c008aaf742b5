/* A static archive of the user's, with lock calls of its own; in cells with link-time optimisation it is optimised, too. */
#ifndef ARCHIVE_H
#define ARCHIVE_H

#include <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

void archive_lock(pthread_mutex_t *mutex);
void archive_unlock(pthread_mutex_t *mutex);

#ifdef __cplusplus
}
#endif

#endif
