// Only files with names as this writes them are ever removed: somebody may have pointed XDG_CACHE_HOME at something else.
#include "names/cache_folder.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/error.h"
#include "profile/gzip_file.h"
#include "base/output_file.h"

namespace lockwrap::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kEnd[] = ".pb.gz";
constexpr auto kUseKept = std::chrono::hours(1);        // so long a use is not noted again
constexpr auto kTemporaryKept = std::chrono::hours(1);  // of a command that was killed while it wrote

std::string absolute_path_of(const char *variable) {
  const char *value = getenv(variable);
  return value != nullptr && *value == '/' ? value : "";
}

bool is_own_name(const std::string &name) {
  const size_t digits = name.find_first_not_of("0123456789abcdef");
  return digits != 0 && digits != std::string::npos && name.compare(digits, sizeof kEnd - 1, kEnd) == 0;
}

bool is_temporary(const std::string &name) { return !name.ends_with(kEnd); }

void remove_old_files(const std::string &folder, const std::string &just_written, uint64_t maximum_bytes) {
  struct Old {
    fs::file_time_type time;
    uint64_t bytes;
    fs::path path;
  };
  std::vector<Old> files;
  uint64_t sum = 0;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (!is_own_name(name) || !entry->is_regular_file(ignored)) continue;
    const Old file{entry->last_write_time(ignored), entry->file_size(ignored), entry->path()};
    if (is_temporary(name)) {
      if (file.time + kTemporaryKept < fs::file_time_type::clock::now()) fs::remove(file.path, ignored);
      continue;
    }
    sum += file.bytes;
    if (name != just_written) files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const Old &left, const Old &right) { return left.time < right.time; });
  for (const Old &file : files) {
    if (sum <= maximum_bytes) return;
    fs::remove(file.path, ignored);
    sum -= file.bytes;
  }
}

}  // namespace

std::string cache_folder() {
  const std::string caches = absolute_path_of("XDG_CACHE_HOME"), home = absolute_path_of("HOME");
  if (!caches.empty()) return caches + "/lockwrap";
  return home.empty() ? "" : home + "/.cache/lockwrap";
}

std::string read_cache_file(const std::string &name) {
  const std::string folder = cache_folder();
  if (folder.empty()) return "";
  const std::string path = folder + "/" + name;
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(path, ignored))) return "";  // a pipe would be waited for
  try {
    std::string content = read_file_bytes(path, kMaximumCacheBytes);
    if (fs::last_write_time(path, ignored) + kUseKept < fs::file_time_type::clock::now()) utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
    return content;
  } catch (const CommandError &) {
    return "";
  }
}

void write_cache_file(const std::string &name, const std::string &content, uint64_t maximum_bytes) {
  const std::string folder = cache_folder();
  if (folder.empty() || content.size() > maximum_bytes) return;
  std::error_code ignored;
  fs::create_directories(fs::path(folder).parent_path(), ignored);
  mkdir(folder.c_str(), 0700);
  const std::string path = folder + "/" + name;
  const fs::file_type type = fs::symlink_status(path, ignored).type();
  if (type != fs::file_type::regular && type != fs::file_type::not_found) return;  // a pipe would be waited for
  try {
    write_output(path, content);
  } catch (const CommandError &) {
    return;
  }
  remove_old_files(folder, name, maximum_bytes);
}

}  // namespace lockwrap::cli
