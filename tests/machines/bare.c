/* bare WHAT PROGRAM ARGUMENT...: becomes that program, with stdin, stdout and stderr closed (WHAT has a d), and with no environment (an e).
 * Where there is no shell to do it; bwrap itself needs descriptors, and sets PWD. */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

int main(int argument_count, char **arguments) {
  char *nothing[] = {NULL};
  if (argument_count < 3) return 1;
  for (int descriptor = 0; strchr(arguments[1], 'd') && descriptor < 3; ++descriptor) close(descriptor);
  execve(arguments[2], arguments + 2, strchr(arguments[1], 'e') ? nothing : environ);
  return 127;
}
