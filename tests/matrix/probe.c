/* The probe in C: see probe.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "probe.h"

#include "archive.h"

static pthread_mutex_t hot = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t hot_in_archive = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t opened = PTHREAD_COND_INITIALIZER;
static int is_open = 0;
static int waiter = 0;
static int joiner = 0;

static void *wait_in_program(void *unused) {
  __atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
  pthread_mutex_lock(&hot);
  pthread_mutex_unlock(&hot);
  return unused;
}

static void *wait_in_archive(void *unused) {
  __atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
  archive_lock(&hot_in_archive);
  archive_unlock(&hot_in_archive);
  return unused;
}

static void *wait_for_condition(void *unused) {
  pthread_mutex_lock(&gate);
  __atomic_store_n(&waiter, thread_id(), __ATOMIC_RELEASE);
  while (!is_open) pthread_cond_wait(&opened, &gate);
  pthread_mutex_unlock(&gate);
  return unused;
}

static void *end_when_joined(void *unused) {
  await_asleep(&joiner);
  return unused;
}

static pthread_t start(void *(*run)(void *)) {
  pthread_t thread;
  waiter = 0;
  if (pthread_create(&thread, NULL, run, NULL) != 0) abort();
  return thread;
}

static void count_free_calls(void) {
  int in_program = 0, in_archive = 0;
  for (int i = 0; i < kFreeCalls; ++i) {
    pthread_mutex_lock(&hot);
    in_program += seen_held(1);
    archive_lock(&hot_in_archive);
    in_archive += seen_held(2);
    archive_unlock(&hot_in_archive);
    in_archive += seen_held(1);
    pthread_mutex_unlock(&hot);
    in_program += seen_held(0);
  }
  print_count("free calls", in_program);
  print_count("free calls in the archive", in_archive);
}

static void make_waits(void) {
  for (int i = 0; i < kWaits; ++i) {
    pthread_mutex_lock(&hot);
    const pthread_t thread = start(wait_in_program);
    await_asleep(&waiter);
    pthread_mutex_unlock(&hot);
    pthread_join(thread, NULL);
  }
  for (int i = 0; i < kWaitsInArchive; ++i) {
    archive_lock(&hot_in_archive);
    const pthread_t thread = start(wait_in_archive);
    await_asleep(&waiter);
    archive_unlock(&hot_in_archive);
    pthread_join(thread, NULL);
  }
}

static void make_condition_waits(void) {
  for (int i = 0; i < kConditionWaits; ++i) {
    is_open = 0;
    const pthread_t thread = start(wait_for_condition);
    await_asleep(&waiter);
    pthread_mutex_lock(&gate);
    is_open = 1;
    pthread_cond_signal(&opened);
    pthread_mutex_unlock(&gate);
    pthread_join(thread, NULL);
  }
}

static void make_joins(void) {
  joiner = thread_id();
  for (int i = 0; i < kJoins; ++i) pthread_join(start(end_when_joined), NULL);
}

int main(int argc, char **argv) {
  lockwrap_name_lock(&hot, "hot");
  lockwrap_name_lock(&hot_in_archive, "archived");
  count_free_calls();
  make_waits();
  print_count("waits", reported("hot "));
  print_count("waits in the archive", reported("archived "));
  make_condition_waits();
  print_count("condition waits", reported("opened "));
  if (argc > 1 && lockwrap_write_profile(argv[1]) != 0) return 1;
  lockwrap_reset();
  make_joins();
  print_count("joins", reported("end of a thread "));
  return 0;
}
