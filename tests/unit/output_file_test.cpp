// OutputFile: complete under its name, or not there at all.
#include "runtime/base/output_file.h"

#include <doctest/doctest.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

using lockwrap::base::OutputFile;

namespace {

namespace fs = std::filesystem;

// An empty directory of this test.
class Directory {
 public:
  Directory() {
    std::string pattern = (fs::temp_directory_path() / "lockwrap_unit.XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()));
    path_ = pattern;
  }
  ~Directory() { fs::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string file(const char* name) const { return path_ + "/" + name; }
  size_t files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  std::string path_;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void put(const OutputFile& file, const char* text) {
  REQUIRE(write(file.descriptor(), text, strlen(text)) == static_cast<ssize_t>(strlen(text)));
}

}  // namespace

TEST_CASE("output file: the name appears when it is complete, and replaces an older one") {
  const Directory directory;
  const std::string path = directory.file("profile");
  std::ofstream(path) << "old";
  OutputFile file;
  REQUIRE(file.open(path.c_str()) == 0);
  put(file, "new");
  CHECK(content(path) == "old");
  CHECK(directory.files() == 2);
  CHECK(file.close(0) == 0);
  CHECK(content(path) == "new");
  CHECK(directory.files() == 1);
}

TEST_CASE("output file: a failure leaves the older file and nothing else") {
  const Directory directory;
  const std::string path = directory.file("profile");
  std::ofstream(path) << "old";
  OutputFile file;
  REQUIRE(file.open(path.c_str()) == 0);
  put(file, "half of a");
  CHECK(file.close(ENOSPC) == ENOSPC);
  CHECK(content(path) == "old");
  CHECK(directory.files() == 1);
}

TEST_CASE("output file: one object serves again") {
  const Directory directory;
  OutputFile file;
  for (const char* name : {"a", "b", "a"}) {
    REQUIRE(file.open(directory.file(name).c_str()) == 0);
    put(file, name);
    CHECK(file.close(0) == 0);
    CHECK(content(directory.file(name)) == name);
  }
  CHECK(directory.files() == 2);
}

TEST_CASE("output file: what cannot be opened says why and leaves nothing") {
  const Directory directory;
  OutputFile file;
  CHECK(file.open(directory.file("no/such/file").c_str()) == ENOENT);
  CHECK(file.close(0) == 0);
  CHECK(file.open("") != EISDIR);
  file.close(EINVAL);
  CHECK(file.open(std::string(3000, 'x').c_str()) == ENAMETOOLONG);
  CHECK(directory.files() == 0);
}

TEST_CASE("output file: a directory of that name stays, and no temporary file") {
  const Directory directory;
  const std::string path = directory.file("taken");
  REQUIRE(mkdir(path.c_str(), 0700) == 0);
  OutputFile file;
  int failure = file.open(path.c_str());
  if (!failure) failure = file.close(0);
  CHECK(failure == EISDIR);
  CHECK(directory.files() == 1);
  CHECK(fs::is_directory(path));
}

TEST_CASE("output file: no link is followed where the temporary file goes") {
  const Directory directory;
  const std::string victim = directory.file("victim");
  std::ofstream(victim) << "precious";
  const std::string temporary = directory.file("profile.tmp.") + std::to_string(getpid());
  REQUIRE(symlink(victim.c_str(), temporary.c_str()) == 0);
  OutputFile file;
  CHECK(file.open(directory.file("profile").c_str()) == ELOOP);
  CHECK(content(victim) == "precious");
}

TEST_CASE("output file: the mode follows the umask") {
  const Directory directory;
  const mode_t kept = umask(027);
  OutputFile file;
  REQUIRE(file.open(directory.file("profile").c_str()) == 0);
  CHECK(file.close(0) == 0);
  umask(kept);
  struct stat status;
  REQUIRE(stat(directory.file("profile").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);
}
