// Runs programs as a user's shell would, in a folder that is gone afterwards.
#pragma once

#include <string>

namespace lockwrap::test {

struct CommandResult {
  int exit_status = -1;  // 128 + signal when it was killed
  std::string output;
  std::string errors;
};

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;

  std::string operator/(const std::string &name) const { return path_ + "/" + name; }
  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

// `command_line` is given to the shell.
CommandResult run_shell(const std::string &command_line);

// `lockwrap ARGUMENTS`
CommandResult run_lockwrap(const std::string &arguments);

}  // namespace lockwrap::test
