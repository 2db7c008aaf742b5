// expand_path: the patterns of profile_path and log.
#include <doctest/doctest.h>
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include <string>

#include "runtime/base/output_file.h"
#include "runtime/base/program.h"

using lockwrap::base::expand_path;
using lockwrap::base::kPathBytes;
using lockwrap::base::TextOf;

namespace {

struct Expanded {
  int failure;
  std::string path;
};

Expanded expand(const std::string& pattern, bool forked_child = false) {
  TextOf<kPathBytes> path;
  const int failure = expand_path(pattern.c_str(), forked_child, path);
  return {failure, path.c_str()};
}

}  // namespace

TEST_CASE("path patterns: program, pid, host, time and percent") {
  char host[256];
  REQUIRE(gethostname(host, sizeof host) == 0);
  CHECK(expand("/tmp/%e").path == std::string("/tmp/") + program_invocation_short_name);
  CHECK(expand("%p").path == std::to_string(getpid()));
  CHECK(expand("a%hb").path == "a" + std::string(host) + "b");
  CHECK(expand("100%%").path == "100%");
  CHECK(expand("%%p").path == "%p");
  const time_t before = time(nullptr);
  const long shown = std::stol(expand("%t").path);
  CHECK(shown >= before);
  CHECK(shown <= time(nullptr));
}

TEST_CASE("path patterns: several in one, next to each other") {
  const std::string pid = std::to_string(getpid());
  CHECK(expand("%e.%p.%p%%").path == program_invocation_short_name + ("." + pid) + "." + pid + "%");
}

TEST_CASE("path patterns: what is unknown or empty is refused") {
  for (const char* pattern : {"", "%", "a%", "%x", "%P", "a%%%", "%5p", "% p"}) {
    CAPTURE(pattern);
    CHECK(expand(pattern).failure == EINVAL);
  }
}

TEST_CASE("path patterns: what is too long is refused") {
  CHECK(expand(std::string(kPathBytes - 1, 'a')).failure == 0);
  CHECK(expand(std::string(kPathBytes, 'a')).failure == ENAMETOOLONG);
  CHECK(expand(std::string(kPathBytes - 2, 'a') + "%p").failure == ENAMETOOLONG);
}

TEST_CASE("path patterns: a forked child never has its parent's path") {
  const std::string pid = std::to_string(getpid());
  CHECK(expand("/tmp/x.pb.gz", true).path == "/tmp/x.pb.gz." + pid);
  CHECK(expand("/tmp/x.%p", true).path == "/tmp/x." + pid);
  CHECK(expand("/tmp/x.%%p", true).path == "/tmp/x.%p." + pid);
}

TEST_CASE("path patterns: the last component of a path") {
  using lockwrap::base::base_name;
  CHECK(std::string(base_name("/usr/bin/service")) == "service");
  CHECK(std::string(base_name("service")) == "service");
  CHECK(std::string(base_name("/usr/")).empty());
}
