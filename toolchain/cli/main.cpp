// The `lockwrap` command. Everything is in the library, where the tests reach it.
#include "command_line.h"

int main(int argument_count, char **arguments) {
  return lockwrap::cli::run_command_line(argument_count, arguments);
}
