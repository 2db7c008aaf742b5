// forked_child: the parent's waits and the child's are two profiles.
#include "scenario.h"

static std::mutex parent_lock;
static std::mutex child_lock;

int main() {
  for (int i = 0; i < 3; ++i) make_wait(parent_lock, 1);
  printf("parent_pid=%d\n", static_cast<int>(getpid()));
  fflush(stdout);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    for (int i = 0; i < 2; ++i) make_wait(child_lock, 1);
    exit(5);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
  make_wait(parent_lock, 1);
  printf("child_pid=%d\n", static_cast<int>(child));
}
