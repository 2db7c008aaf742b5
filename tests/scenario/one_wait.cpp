// one_wait STATUS [FILE...]: waits once for the lock `counter` and ends with STATUS. Before that it opens the files, which get the
// lowest free descriptors; at the end it writes the line `mine` into each.
#include <sys/auxv.h>

#include <vector>

#include "scenario.h"

static std::mutex counter;

int main(int count, char** words) {
  std::vector<int> files;
  for (int i = 2; i < count; ++i) {
    files.push_back(open(words[i], O_WRONLY | O_CREAT | O_APPEND, 0666));
    CHECK(files.back() >= 0);
  }
  make_wait(counter, 1);
  if (files.empty()) printf("the program's own output\nsecure=%ld\n", static_cast<long>(getauxval(AT_SECURE)));
  if (files.empty() && getenv("PRINT_PID")) printf("pid=%d\n", static_cast<int>(getpid()));
  for (const int file : files) CHECK(write(file, "mine\n", 5) == 5);
  return count > 1 ? atoi(words[1]) : 0;
}
