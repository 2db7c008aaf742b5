// Temporary file, then rename. A symbolic link is followed first: the rename would put a file in its place.
#include "base/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/background_sink.h"
#include "base/error.h"

namespace lockwrap::cli {
namespace {

[[noreturn]] void refuse(const std::string &path, int error) {
  const std::string name = path.empty() || path == "-" ? "standard output" : path;
  throw file_error(name, std::string("cannot be written (") + strerror(error) +
                             "); check that the folder exists, may be written to and has space left");
}

// Of a system call on the output.
struct WriteError {
  int number;
};

void write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw WriteError{errno};
    content.remove_prefix(static_cast<size_t>(written));
  }
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  void close_now() {
    if (close(std::exchange(number_, -1)) != 0) throw WriteError{errno};
  }

 private:
  int number_;
};

mode_t usual_mode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

using Make = std::function<void(const OutputSink &)>;

void make_into(int descriptor, const Make &make) {
  BackgroundSink sink([descriptor](std::string_view piece) { write_all(descriptor, piece); });
  make([&](std::string_view piece) { sink.add(piece); });
  sink.finish();
}

void write_in_place(const std::string &path, const Make &make) {
  const int number = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (number < 0) throw WriteError{errno};
  Descriptor descriptor(number);
  make_into(number, make);
  descriptor.close_now();
}

void replace(const std::string &path, const Make &make, mode_t mode) {
  std::string temporary = path + ".XXXXXX";
  const int number = mkostemp(temporary.data(), O_CLOEXEC);
  if (number < 0) throw WriteError{errno};
  try {
    Descriptor descriptor(number);
    make_into(number, make);
    if (fchmod(number, mode) != 0) throw WriteError{errno};
    descriptor.close_now();
    if (rename(temporary.c_str(), path.c_str()) != 0) throw WriteError{errno};
  } catch (...) {
    unlink(temporary.c_str());
    throw;
  }
}

void write_to(const std::string &path, const Make &make) {
  if (path.empty() || path == "-") {
    if (!isatty(STDOUT_FILENO)) return make_into(STDOUT_FILENO, make);
    std::string whole;  // how far the work has come is shown there, too
    make([&](std::string_view piece) { whole += piece; });
    return write_all(STDOUT_FILENO, whole);
  }
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return replace(path, make, usual_mode());
  if (S_ISDIR(status.st_mode)) throw WriteError{EISDIR};
  if (!S_ISREG(status.st_mode)) return write_in_place(path, make);
  char *resolved = realpath(path.c_str(), nullptr);
  const std::string target = resolved != nullptr ? resolved : path;
  free(resolved);
  replace(target, make, status.st_mode & 07777);
}

}  // namespace

void write_output(const std::string &path, const Make &make) {
  try {
    write_to(path, make);
  } catch (const WriteError &error) {
    refuse(path, error.number);
  }
}

void write_output(const std::string &path, std::string_view content) {
  write_output(path, [&](const OutputSink &out) { out(content); });
}

}  // namespace lockwrap::cli
