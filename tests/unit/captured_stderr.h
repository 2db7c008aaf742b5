// Standard error into a file while this lives: for code that prints its complaints.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <string>

class CapturedStderr {
 public:
  CapturedStderr() : file_(tmpfile()), kept_(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)) {
    fflush(stderr);
    dup2(fileno(file_), STDERR_FILENO);
  }
  ~CapturedStderr() {
    restore();
    fclose(file_);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  // What was printed so far; standard error is the old one again.
  std::string text() {
    restore();
    std::string result(static_cast<size_t>(lseek(fileno(file_), 0, SEEK_END)), '\0');
    if (pread(fileno(file_), result.data(), result.size(), 0) != static_cast<ssize_t>(result.size())) result.clear();
    return result;
  }

 private:
  void restore() {
    if (kept_ < 0) return;
    dup2(kept_, STDERR_FILENO);
    close(kept_);
    kept_ = -1;
  }

  FILE* file_;
  int kept_;
};
