// Files that reports go to: names with patterns, and files that appear only when they are complete.
// Runs: when a report is written, also in signal handlers and in dying processes.
#pragma once

#include <cstddef>

#include "runtime/base/text.h"

namespace lockwrap::base {

constexpr size_t kPathBytes = 1024;

// Expands %e program name, %p pid, %h host, %t seconds since 1970 and %% in `pattern`. `forked_child`: a pattern without
// %p gets ".PID" at its end, so that a child never replaces its parent's file. 0, EINVAL (unknown % or empty) or
// ENAMETOOLONG. Signal-safe.
int expand_path(const char* pattern, bool forked_child, Text& path);

// Writes a file beside its final name and renames it when it is complete: a reader, a crash or a full disk never meets
// half a file under the final name. One thread; signal-safe.
class OutputFile {
 public:
  // Creates PATH.tmp.PID (mode 0666 less umask); what exists and is no regular file (a pipe, a terminal, /dev/null) is
  // written as it is. 0 or an errno value.
  int open(const char* path);
  int descriptor() const { return descriptor_; }
  // Gives the file its name when `failure` is 0, else removes it. Returns `failure`, or what went wrong here.
  int close(int failure);

 private:
  int descriptor_ = -1;
  bool in_place_ = false;
  TextOf<kPathBytes> path_;
  TextOf<kPathBytes + 32> temporary_;
};

}  // namespace lockwrap::base
