/* A small program for small machines: threads wait for a lock, two of them lock up for good, and the program ends all the same. What it
 * prints and its status are the same with and without lockwrap. It begins with what the machine has, so that a test knows that it is on the
 * machine that was meant. In plain C, for any libc; no /proc is asked who sleeps. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <lockwrap/lockwrap.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef MACHINE_OPTIONS
const char *lockwrap_default_options(void) { return MACHINE_OPTIONS; }
#endif

enum { kRounds = 20, kStatus = 3, kNotTold = 4, kNotOurs = 5 };

static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t locks[2] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};
static pthread_barrier_t both_have_one;
static atomic_int wanted;
static atomic_int told;

static void pass_ms(long milliseconds) {
  struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&rest, &rest) != 0) {
  }
}

static void *wait_for_lock(void *count) {
  for (int i = 0; i < kRounds; ++i) {
    wanted = i + 1;
    pthread_mutex_lock(&contended);
    ++*(int *)count;
    pthread_mutex_unlock(&contended);
    while (wanted > 0) sched_yield();
  }
  return NULL;
}

static int contend(void) {
  int count = 0;
  pthread_t thread;
  pthread_mutex_lock(&contended);
  if (pthread_create(&thread, NULL, wait_for_lock, &count) != 0) return -1;
  for (int i = 0; i < kRounds; ++i) {
    while (wanted != i + 1) sched_yield();
    pass_ms(2);
    pthread_mutex_unlock(&contended);
    pthread_mutex_lock(&contended);
    while (count != i + 1) {  // the other thread was late
      pthread_mutex_unlock(&contended);
      sched_yield();
      pthread_mutex_lock(&contended);
    }
    wanted = 0;
  }
  pthread_mutex_unlock(&contended);
  pthread_join(thread, NULL);
  return count;
}

static void *lock_up(void *first) {
  const int number = first == &locks[1];
  pthread_mutex_lock(&locks[number]);
  pthread_barrier_wait(&both_have_one);
  pthread_mutex_lock(&locks[!number]);
  return NULL;
}

static void note_finding(const char *kind, const char *text, void *context) {
  (void)context;
  if (!strcmp(kind, "deadlock") && text[0]) told = 1;
}

static int can_create(const char *path) {
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (descriptor < 0) return 0;
  close(descriptor);
  return unlink(path) == 0;
}

/* By the system call itself: musl-gcc has no headers of the kernel. */
static int has_capability(void) {
  struct { unsigned version; int pid; } header = {0x20080522, 0};
  struct { unsigned effective, permitted, inheritable; } data[2] = {{0, 0, 0}, {0, 0, 0}};
  return syscall(SYS_capget, &header, data) == 0 && (data[0].effective || data[1].effective);
}

/* To standard output; to a file where that is closed. */
static void print_facts(void) {
  const int is_open = fcntl(STDOUT_FILENO, F_GETFD) >= 0;
  int descriptors = 0;
  for (int i = 0; i < 3; ++i) descriptors += fcntl(i, F_GETFD) >= 0;
  const int writes_to_root = can_create("/probe"), writes_to_out = can_create("/out/probe");
  FILE *const to = is_open ? stdout : fopen("/out/facts", "w");
  if (!to) return;
  fprintf(to, "proc=%d tmp=%d root=%d out=%d pid_1=%d environment=%d descriptors=%d superuser=%d capabilities=%d seccomp=%d\n",
          access("/proc/self/maps", R_OK) == 0, can_create("/tmp/probe"), writes_to_root, writes_to_out, getpid() == 1,
          environ[0] != NULL, descriptors, geteuid() == 0, has_capability(), prctl(PR_GET_SECCOMP) > 0);
  if (is_open) fflush(to);
  else fclose(to);
}

/* Where the program was started without descriptors its own files get their numbers. */
static int use_own_files(void) {
  static const char *const names[] = {"/out/zero", "/out/one", "/out/two"};
  for (int i = 0; i < 3; ++i) {
    if (open(names[i], O_WRONLY | O_CREAT | O_TRUNC, 0666) != i) return 0;
  }
  return 1;
}

int main(int argument_count, char **arguments) {
  const char *mode = argument_count > 1 ? arguments[1] : "usual";
  print_facts();
  if (!strcmp(mode, "own_files") && !use_own_files()) return kNotOurs;
  lockwrap_set_finding_handler(note_finding, NULL);
  printf("waits=%d\n", contend());
  fflush(stdout);

  pthread_t threads[2];
  pthread_barrier_init(&both_have_one, NULL, 3);
  for (int i = 0; i < 2; ++i) {
    if (pthread_create(&threads[i], NULL, lock_up, &locks[i]) != 0) return kNotOurs;
  }
  pthread_barrier_wait(&both_have_one);
  pass_ms(20);
  const int goes_on = strcmp(mode, "aborts");
  for (int i = 0; i < 3000 && lockwrap_is_active() && !(told && goes_on); ++i) pass_ms(10);
  if (lockwrap_is_active() && !told) return kNotTold;
  printf("locked up, and ended\n");
  return kStatus;
}
