// Both streams go through files: a pipe of two would have to be polled.
#include "run_command.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "synthetic_profile.h"

namespace lockwrap::test {

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "lockwrap-test-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

namespace {

// Each test has its own cache of names, an empty one; never the user's.
struct OwnCache {
  TemporaryFolder folder;
  OwnCache() { setenv("XDG_CACHE_HOME", folder.path().c_str(), 1); }
} own_cache;

}  // namespace

CommandResult run_shell(const std::string &command_line) {
  const TemporaryFolder folder;
  const std::string whole = "( " + command_line + " ) > " + (folder / "output") + " 2> " + (folder / "errors");
  const int status = std::system(whole.c_str());
  CommandResult result;
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.output = read_file(folder / "output");
  result.errors = read_file(folder / "errors");
  return result;
}

CommandResult run_lockwrap(const std::string &arguments) { return run_shell(LOCKWRAP_COMMAND " " + arguments); }

}  // namespace lockwrap::test
