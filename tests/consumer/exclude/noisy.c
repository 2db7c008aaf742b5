/* The archive to exclude: a lock of its own that is waited for. */
#define counter_lock noisy_lock
#define use_counter use_noisy
#include "../whole_project/counter.c"
