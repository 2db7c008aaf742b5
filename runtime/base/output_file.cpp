#include "runtime/base/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/files.h"
#include "runtime/base/program.h"

namespace lockwrap::base {

int expand_path(const char* pattern, bool forked_child, Text& path) {
  bool has_pid = false;
  for (const char* at = pattern; *at; ++at) {
    if (*at != '%') {
      path.add_char(*at);
      continue;
    }
    switch (*++at) {
      case 'e': {
        char program_file[kPathBytes];
        program_path(program_file, sizeof program_file);
        path.add(base_name(program_file));
        break;
      }
      case 'p':
        path.add_number(static_cast<uint64_t>(getpid()));
        has_pid = true;
        break;
      case 'h': {
        utsname names;
        path.add(uname(&names) == 0 ? names.nodename : "unknown");
        break;
      }
      case 't': {
        timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        path.add_number(static_cast<uint64_t>(now.tv_sec));
        break;
      }
      case '%':
        path.add_char('%');
        break;
      default:
        return EINVAL;
    }
  }
  if (forked_child && !has_pid) path.add(".").add_number(static_cast<uint64_t>(getpid()));
  if (path.cut()) return ENAMETOOLONG;
  return path.length() ? 0 : EINVAL;
}

int OutputFile::open(const char* path) {
  path_.clear();
  path_.add(path);
  temporary_.clear();
  temporary_.add(path).add(".tmp.").add_number(static_cast<uint64_t>(getpid()));
  if (path_.cut() || temporary_.cut()) return ENAMETOOLONG;
  struct stat status;
  in_place_ = stat(path, &status) == 0 && !S_ISREG(status.st_mode);
  do {
    descriptor_ = in_place_ ? open_file(path, O_WRONLY | O_CLOEXEC)
                            : open_file(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  } while (descriptor_ < 0 && errno == EINTR);
  return descriptor_ < 0 ? errno : 0;
}

int OutputFile::close(int failure) {
  if (descriptor_ < 0) return failure;
  // Some file systems report a full disk only here.
  if (close_file(descriptor_) != 0 && !failure && errno != EINTR) failure = errno;
  descriptor_ = -1;
  if (in_place_) return failure;
  if (!failure && rename(temporary_.c_str(), path_.c_str()) != 0) failure = errno;
  if (failure) unlink(temporary_.c_str());
  return failure;
}

}  // namespace lockwrap::base
