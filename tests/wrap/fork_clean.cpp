// A forked child holds nothing that lockwrap would remember, has no waits of its parent, and may lock, fork and end at once;
// by fork, _Fork and vfork.
#include <string>

#include "test_support.h"

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
std::atomic<pid_t> id;

void* contend(void*) {
  id = thread_id();
  CHECK(pthread_mutex_lock(&contended) == 0);
  CHECK(pthread_mutex_unlock(&contended) == 0);
  return nullptr;
}

// The process's own report as text, empty without lockwrap.
std::string report() {
  int ends[2];
  CHECK(pipe(ends) == 0);
  lockwrap_write_report(ends[1]);
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t size; (size = read(ends[0], buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<size_t>(size));
  close(ends[0]);
  return text;
}

[[noreturn]] void be_a_child(int depth) {
  CHECK_HELD(0);
  if (lockwrap_is_active()) CHECK(report().find("a good result") != std::string::npos);
  CHECK(pthread_mutex_unlock(&mutex) == 0);  // held by the parent's thread that forked
  CHECK(pthread_mutex_lock(&contended) == 0);
  CHECK_HELD(1);
  id = 0;
  const pthread_t thread = start(contend);
  wait_until_asleep(id);
  CHECK(pthread_mutex_unlock(&contended) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);
  if (lockwrap_is_active()) CHECK(report().find("a good result") == std::string::npos);
  if (depth > 0) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    const pid_t grandchild = fork();
    if (grandchild == 0) be_a_child(depth - 1);
    int status;
    CHECK(waitpid(grandchild, &status, 0) == grandchild && status == 0);
  }
  _exit(0);
}

}  // namespace

int main() {
  CHECK(pthread_mutex_lock(&contended) == 0);
  const pthread_t thread = start(contend);
  wait_until_asleep(id);
  CHECK(pthread_mutex_unlock(&contended) == 0);
  CHECK(pthread_join(thread, nullptr) == 0);

  CHECK(pthread_mutex_lock(&mutex) == 0);
  for (pid_t (*fork_by)() : {static_cast<pid_t (*)()>(fork), static_cast<pid_t (*)()>(_Fork)}) {
    const pid_t child = fork_by();
    if (child == 0) be_a_child(2);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    printf("child ended with %d\n", status);
  }
  const pid_t borrowed = vfork();
  if (borrowed == 0) _exit(7);
  int status;
  CHECK(waitpid(borrowed, &status, 0) == borrowed);
  printf("vfork child ended with %d\n", WEXITSTATUS(status));
  CHECK_HELD(1);
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  if (lockwrap_is_active()) CHECK(report().find("contended") != std::string::npos);
}
