// main CONFIGURATION: the code of that configuration must be in here.
#include <stdio.h>
#include <string.h>

const char *configuration(void);

int main(int argc, char **argv) {
  printf("has the archive's code for %s\n", configuration());
  return argc == 2 && strcmp(argv[1], configuration()) == 0 ? 0 : 1;
}
