// Temporary file, then rename. A symbolic link is followed first: the rename would put a file in its place.
#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

[[noreturn]] void refuse(const std::string &path, int error) {
  const std::string name = path.empty() || path == "-" ? "standard output" : path;
  throw file_error(name, std::string("cannot be written (") + strerror(error) +
                             "); check that the folder exists, may be written to and has space left");
}

// 0, or an errno value.
int write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return 0;
}

mode_t usual_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

void write_in_place(const std::string &path, std::string_view content) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, content);
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) refuse(path, error);
}

void replace(const std::string &path, std::string_view content, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) refuse(path, errno);
  int error = write_all(descriptor, content);
  if (fchmod(descriptor, mode) != 0 && error == 0) error = errno;
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    unlink(temporary.c_str());
    refuse(path, error);
  }
}

}  // namespace

void write_output(const std::string &path, std::string_view content) {
  if (path.empty() || path == "-") {
    const int error = write_all(STDOUT_FILENO, content);
    if (error != 0) refuse(path, error);
    return;
  }
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return replace(path, content, usual_mode());
  if (S_ISDIR(status.st_mode)) refuse(path, EISDIR);
  if (!S_ISREG(status.st_mode)) return write_in_place(path, content);
  char *resolved = realpath(path.c_str(), nullptr);
  const std::string target = resolved != nullptr ? resolved : path;
  free(resolved);
  replace(target, content, status.st_mode & 07777);
}

}  // namespace lockwrap::cli
