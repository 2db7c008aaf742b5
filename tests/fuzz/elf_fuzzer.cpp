// libFuzzer's target: whatever bytes `lockwrap check` is given as a program, it answers or refuses them with a sentence.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "check/program_check.h"

namespace {

// A file in memory: what is checked is what the command does with a path.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("program", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    if (descriptor_ < 0) abort();
  }
  const std::string &path() const { return path_; }
  void hold(const uint8_t *bytes, size_t size) const {
    if (ftruncate(descriptor_, 0) != 0 || pwrite(descriptor_, bytes, size, 0) != static_cast<ssize_t>(size)) abort();
  }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static const MemoryFile file;
  file.hold(bytes, size);
  lockwrap::cli::CheckRequest request;
  request.path = file.path();
  try {
    const lockwrap::cli::CheckReport report = lockwrap::cli::check_program(request);
    // Both forms of the answer, of which the first line is the verdict.
    if (lockwrap::cli::check_as_text(report).find('\n') == std::string::npos) abort();
    if (lockwrap::cli::check_as_json(report).empty()) abort();
  } catch (const lockwrap::cli::CommandError &error) {
    const std::string sentence = error.what();
    if (sentence.rfind(request.path + ": ", 0) != 0 || sentence.find('\n') != std::string::npos) abort();
  }
  return 0;
}
