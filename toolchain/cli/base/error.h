// The one error type of the command. Its text is a whole sentence for the user: what, where (the file), what to do.
// main prints it after "lockwrap: " and leaves with kExitError.
#pragma once

#include <stdexcept>
#include <string>

namespace lockwrap::cli {

constexpr int kExitFine = 0;
constexpr int kExitFindings = 1;  // the answer is no
constexpr int kExitError = 2;

class CommandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "FILE: what" without the reader having to guess which file is meant.
inline CommandError file_error(const std::string &path, const std::string &what) {
  return CommandError(path + ": " + what);
}

}  // namespace lockwrap::cli
