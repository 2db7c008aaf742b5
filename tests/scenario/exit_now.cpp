// exit_now _exit|_Exit|child: ends in these ways, having waited once. A child's _exit is not the end of the program.
#include "scenario.h"

static std::mutex counter;

int main(int, char** words) {
  make_wait(counter, 1);
  if (!strcmp(words[1], "_exit")) _exit(3);
  if (!strcmp(words[1], "_Exit")) _Exit(3);
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    make_wait(counter, 1);
    _exit(0);
  }
  CHECK(waitpid(child, nullptr, 0) == child);
  return 3;
}
