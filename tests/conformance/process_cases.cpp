// Forked children, ends of processes, and what a watched call may cost: no allocation, no sleep, no slot for good.
#include <errno.h>
#include <semaphore.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/mman.h>

#include "mutex_cases.h"
#include "rwlock_cases.h"

using namespace conformance;

// The program's own allocator counts: a hook that allocates is seen, also one that frees it again.
namespace {

std::atomic<long> allocations;
alignas(64) char pool[32 << 20];
std::atomic<size_t> pool_used;

}  // namespace

extern "C" {
void* malloc(size_t size) {
  ++allocations;
  const size_t whole = (size + 2 * alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
  const size_t begin = pool_used.fetch_add(whole);
  if (begin + whole > sizeof pool) return nullptr;
  char* memory = pool + begin + alignof(max_align_t);
  memcpy(memory - sizeof size, &size, sizeof size);
  return memory;
}
void free(void*) {}
void* calloc(size_t count, size_t size) { return malloc(count * size); }  // the pool is zero, and nothing is used twice
void* realloc(void* old, size_t size) {
  void* memory = malloc(size);
  if (memory && old) {
    size_t old_size;
    memcpy(&old_size, static_cast<char*>(old) - sizeof old_size, sizeof old_size);
    memcpy(memory, old, old_size < size ? old_size : size);
  }
  return memory;
}
void* memalign(size_t alignment, size_t size) {
  const auto memory = reinterpret_cast<uintptr_t>(malloc(size + alignment));
  return reinterpret_cast<void*>((memory + alignment - 1) & ~(alignment - 1));
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** memory, size_t alignment, size_t size) {
  *memory = memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
}

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
sem_t semaphore;

void use_everything() {
  const timespec past{1, 0};
  pthread_mutex_lock(&mutex);
  pthread_cond_timedwait(&condition, &mutex, &past);
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  pthread_mutex_trylock(&mutex);
  pthread_mutex_unlock(&mutex);
  pthread_rwlock_rdlock(&rwlock);
  pthread_rwlock_unlock(&rwlock);
  pthread_rwlock_wrlock(&rwlock);
  pthread_rwlock_unlock(&rwlock);
  sem_post(&semaphore);
  sem_wait(&semaphore);
}

// The least of several rounds: a neighbour disturbs some, a slow call all of them.
template <class Call>
double least_ns(Call call) {
  double least = 1e18;
  for (int round = 0; round < 20; ++round) {
    timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < 100; ++i) call();
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double ns = static_cast<double>(end.tv_sec - begin.tv_sec) * 1e9 + static_cast<double>(end.tv_nsec - begin.tv_nsec);
    if (ns < least) least = ns;
  }
  return least / 100;
}

// Whether lockwrap's report (none in a plain program) has the text.
bool report_says(const char* text) {
  const int file = memfd_create("report", 0);
  CHECK(file >= 0);
  lockwrap_write_report(file);
  static char report[64 * 1024];
  const ssize_t size = pread(file, report, sizeof report - 1, 0);
  CHECK(size >= 0);
  report[size] = 0;
  close(file);
  return strstr(report, text);
}

void contend_once() {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  auto body = [] { CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0); };
  const pthread_t thread = asleep_in(body);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  join(thread);
}

}  // namespace

CASE("cost: free locks and waits allocate nothing", nullptr) {
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  use_everything();
  long before = allocations;
  for (int round = 0; round < 100; ++round) use_everything();
  SAY_AS("allocations", allocations - before);
  contend_once();  // the first thread: libc allocates for it
  CHECK(pthread_mutex_lock(&mutex) == 0);
  std::atomic<long> in_waiter{-1};
  auto body = [&] {
    const long at_start = allocations;
    CHECK(pthread_mutex_lock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
    in_waiter = allocations - at_start;
  };
  const pthread_t thread = asleep_in(body);
  before = allocations;
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  SAY_AS("allocations of an unlock", allocations - before);
  join(thread);
  SAY_AS("allocations of a wait", in_waiter.load());
}

// A system call is some hundred nanoseconds everywhere, and a free lock is none.
CASE("cost: a pair of calls on a free lock costs no more than a few system calls", nullptr) {
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  const double system_call_ns = least_ns([] { syscall(SYS_getppid); });
  const auto say_cheap = [&](const char* what, auto call) { SAY_WHETHER(what, least_ns(call) < 20 * system_call_ns); };
  say_cheap("mutex", [] { pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex); });
  say_cheap("mutex tried", [] { pthread_mutex_trylock(&mutex), pthread_mutex_unlock(&mutex); });
  say_cheap("mutex timed", [] {
    const timespec past{1, 0};
    pthread_mutex_timedlock(&mutex, &past), pthread_mutex_unlock(&mutex);
  });
  say_cheap("readers", [] { pthread_rwlock_rdlock(&rwlock), pthread_rwlock_unlock(&rwlock); });
  say_cheap("writer", [] { pthread_rwlock_wrlock(&rwlock), pthread_rwlock_unlock(&rwlock); });
  say_cheap("semaphore", [] { sem_post(&semaphore), sem_wait(&semaphore); });
  say_cheap("signal", [] { pthread_cond_signal(&condition); });
}

CASE("process: a forked child knows nothing of its parent's locks", nullptr) {
  CHECK(lockwrap_name_lock(&mutex, "parents_own") == (lockwrap_is_active() ? 0 : ENOSYS));
  contend_once();
  CHECK(pthread_mutex_lock(&mutex) == 0);
  for (pid_t (*fork_function)() : {fork, _Fork}) {
    const pid_t child = fork_function();
    CHECK(child >= 0);
    if (child == 0) {
      SAY_AS("held", lockwrap_held_count());
      SAY_WHETHER("the parent's lock is in the report", report_says("parents_own"));
      pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
      SAY(pthread_mutex_lock(&own));
      SAY(pthread_mutex_unlock(&own));
      SAY(pthread_mutex_unlock(&mutex));
      SAY(pthread_mutex_lock(&mutex));
      _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    SAY_AS("child", status);
  }
}

CASE("process: children of children use every primitive", nullptr) {
  CHECK(sem_init(&semaphore, 0, 0) == 0);
  contend_once();
  in_child([] {
    contend_once();
    in_child([] {
      contend_once();
      use_everything();
    });
    use_everything();
  });
  use_everything();
}

CASE("process: how it ends", nullptr) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  in_child([] { exit(3); });
  in_child([] { _exit(4); });
  in_child([] { _Exit(5); });
  in_child([] { quick_exit(6); });
  in_child([] { raise(SIGKILL); });
  in_child([] { pthread_exit(nullptr); });
  in_child([] {  // by a thread, while others hold and wait
    auto body = [] { pthread_mutex_lock(&mutex); };
    asleep_in(body);
    elsewhere([] { exit(7); });
  });
}

CASE("process: vfork and posix_spawn leave the parent's locks alone", nullptr) {
  CHECK(pthread_mutex_lock(&mutex) == 0);
  const int held = lockwrap_held_count();
  const pid_t child = vfork();
  if (child == 0) _exit(pthread_mutex_trylock(&mutex) == EBUSY ? 0 : 1);
  int status;
  CHECK(waitpid(child, &status, 0) == child);
  SAY_AS("vfork child", status);
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  pid_t spawned;
  SAY(posix_spawnp(&spawned, name, nullptr, nullptr, arguments, environ));
  CHECK(waitpid(spawned, &status, 0) == spawned);
  SAY_AS("spawned", status);
  SAY_WHETHER("as many are held as before", lockwrap_held_count() == held);
  SAY(pthread_mutex_unlock(&mutex));
}

CASE("exec: arguments and environment arrive", nullptr) {
  char name[] = "echo", one[] = "one", two[] = "two", variable[] = "VARIABLE=value";
  char* const arguments[] = {name, one, two, nullptr};
  char* const environment[] = {variable, nullptr};
  char* const none[] = {nullptr};
  in_child([&] { execv("/bin/echo", arguments); });
  in_child([&] { execve("/bin/echo", arguments, environment); });
  in_child([&] { execvp("echo", arguments); });
  in_child([&] { execvpe("env", none, environment); });
  in_child([&] { execl("/bin/echo", "echo", "1", "2", "3", "4", "5", "6", "7", "8", static_cast<char*>(nullptr)); });
  in_child([&] { execlp("echo", "echo", "alone", static_cast<char*>(nullptr)); });
  in_child([&] { execle("/usr/bin/env", "env", static_cast<char*>(nullptr), environment); });
  in_child([&] { fexecve(open("/bin/echo", O_RDONLY | O_CLOEXEC), arguments, environment); });
  in_child([&] { execveat(AT_FDCWD, "/bin/echo", arguments, environment, 0); });
  SAY(execv("/there/is/none", arguments));
  SAY(execve("/there/is/none", arguments, environment));
  SAY(execvp("there-is-none", arguments));
  SAY(execl("/there/is/none", "echo", static_cast<char*>(nullptr)));
  SAY(execlp("there-is-none", "echo", static_cast<char*>(nullptr)));
  SAY(execle("/", "echo", static_cast<char*>(nullptr), environment));
  SAY(fexecve(-1, arguments, environment));
}

// More threads than are watched at once, one after the other: those that ended give their place to others.
CASE("threads: twenty thousand come and go, and none is dropped", nullptr) {
  int failures = 0;
  auto body = [&] {
    if (pthread_mutex_lock(&mutex) != 0 || pthread_mutex_unlock(&mutex) != 0) ++failures;
  };
  const size_t kSmallStack = PTHREAD_STACK_MIN > 64 * 1024 ? PTHREAD_STACK_MIN : 64 * 1024;
  pthread_attr_t small;
  CHECK(pthread_attr_init(&small) == 0 && pthread_attr_setstacksize(&small, kSmallStack) == 0);
  for (int i = 0; i < 20'000; ++i) {
    pthread_t thread;
    CHECK(pthread_create(&thread, &small, [](void* run) -> void* { return (*static_cast<decltype(body)*>(run))(), nullptr; },
                         &body) == 0);
    CHECK(pthread_join(thread, nullptr) == 0);
  }
  SAY_AS("failures", failures);
  SAY_WHETHER("dropped", report_says("dropped"));
}
