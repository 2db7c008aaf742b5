#include "runtime/report/mappings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "runtime/base/program.h"

namespace lockwrap::report {

namespace {

// Reads a descriptor line by line; a line that is longer than the buffer is cut.
class LineReader {
 public:
  explicit LineReader(int descriptor) : descriptor_(descriptor) {}

  bool next(char* line, size_t size) {
    size_t length = 0;
    for (;;) {
      if (at_ == end_ && !refill()) return false;
      const char character = buffer_[at_++];
      if (character == '\n') break;
      if (length + 1 < size) line[length++] = character;
    }
    line[length] = 0;
    return true;
  }

 private:
  bool refill() {
    ssize_t got;
    do {
      got = base::read_file(descriptor_, buffer_, sizeof buffer_);
    } while (got < 0 && errno == EINTR);
    at_ = 0;
    end_ = got > 0 ? static_cast<size_t>(got) : 0;
    return end_ != 0;
  }

  int descriptor_;
  size_t at_ = 0;
  size_t end_ = 0;
  char buffer_[1024];
};

const char* parse_hex(const char* text, uintptr_t& value) {
  value = 0;
  for (;; ++text) {
    unsigned digit;
    if (*text >= '0' && *text <= '9') digit = static_cast<unsigned>(*text - '0');
    else if (*text >= 'a' && *text <= 'f') digit = static_cast<unsigned>(*text - 'a') + 10;
    else return text;
    value = value << 4 | digit;
  }
}

// "start-end r-xp offset device inode path"
bool parse_line(const char* line, Mapping& mapping) {
  uintptr_t offset;
  const char* at = parse_hex(line, mapping.start);
  if (*at++ != '-') return false;
  at = parse_hex(at, mapping.end);
  if (strlen(at) < 6 || at[3] != 'x') return false;
  parse_hex(at + 6, offset);
  mapping.file_offset = offset;
  const char* path = strchr(at, '/');
  if (!path) return false;
  strncpy(mapping.path, path, sizeof mapping.path - 1);
  mapping.path[sizeof mapping.path - 1] = 0;
  return true;
}

}  // namespace

size_t collect_mappings(Mapping (&mappings)[kMaxMappings]) {
  const base::Program& program = base::program;
  mappings[0].start = program.code_start;
  mappings[0].end = program.code_end;
  mappings[0].file_offset = program.code_file_offset;
  base::program_path(mappings[0].path, sizeof mappings[0].path);
  size_t count = 1;
  if (!program.dynamic) return count;
  const int saved_errno = errno;
  const int descriptor = base::open_file("/proc/self/maps", O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    LineReader reader(descriptor);
    char line[512];
    while (count < kMaxMappings && reader.next(line, sizeof line)) {
      Mapping& mapping = mappings[count];
      if (!parse_line(line, mapping)) continue;
      if (mapping.start < program.code_end && mapping.end > program.code_start) continue;  // the executable itself
      ++count;
    }
    base::close_file(descriptor);
  }
  errno = saved_errno;
  return count;
}

}  // namespace lockwrap::report
