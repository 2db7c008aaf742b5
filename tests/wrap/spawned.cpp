// Children that become another program while this thread holds a lock: by posix_spawn, vfork, fork and exec, popen and system.
// The parent's held list is as before, and the children end as they should.
#include <spawn.h>

#include "test_support.h"

extern char** environ;

namespace {

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
char shell[] = "/bin/sh";
char option[] = "-c";
char command[] = "exit 7";
char* arguments[] = {shell, option, command, nullptr};

void print_end(const char* how, pid_t child) {
  int status = -1;
  CHECK(waitpid(child, &status, 0) == child);
  printf("%s: %d\n", how, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  CHECK_HELD(1);
}

}  // namespace

int main() {
  setvbuf(stdout, nullptr, _IONBF, 0);
  CHECK(pthread_mutex_lock(&mutex) == 0);
  for (int round = 0; round < 3; ++round) {
    pid_t child = -1;
    CHECK(posix_spawn(&child, shell, nullptr, nullptr, arguments, environ) == 0);
    print_end("posix_spawn", child);
    child = vfork();
    if (child == 0) {
      execv(shell, arguments);
      _exit(1);
    }
    print_end("vfork", child);
    child = vfork();
    if (child == 0) {
      execv("/no/such/program", arguments);
      _exit(3);
    }
    print_end("vfork without exec", child);
    child = fork();
    if (child == 0) {
      CHECK_HELD(0);
      execv(shell, arguments);
      _exit(1);
    }
    print_end("fork", child);
    printf("system: %d\n", WEXITSTATUS(system(command)));
    FILE* pipe = popen("echo piped; exit 5", "r");
    CHECK(pipe);
    char line[20] = "";
    CHECK(fgets(line, sizeof line, pipe));
    printf("popen: %s", line);
    printf("pclose: %d\n", WEXITSTATUS(pclose(pipe)));
    CHECK_HELD(1);
  }
  CHECK(pthread_mutex_unlock(&mutex) == 0);
  CHECK_HELD(0);
}
