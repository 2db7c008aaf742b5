// The input is a file in memory, so that nobody waits for the other to read.
#include "base/external_program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

extern char **environ;

namespace lockwrap::cli {
namespace {

struct Descriptor {
  int number = -1;
  ~Descriptor() { close_now(); }
  void close_now() {
    if (number >= 0) close(number);
    number = -1;
  }
};

CommandError failure(const std::string &name, const std::string &what) { return CommandError(name + " " + what); }

}  // namespace

std::string run_filter(const std::vector<std::string> &command, const std::string &input, const std::string &if_missing) {
  const std::string &name = command.front();
  Descriptor in{memfd_create("lockwrap input", MFD_CLOEXEC)}, out, out_of_child;
  int ends[2];
  if (in.number < 0 || pipe2(ends, O_CLOEXEC) != 0) throw failure(name, std::string("cannot be run (") + strerror(errno) + ")");
  out.number = ends[0];
  out_of_child.number = ends[1];
  for (size_t written = 0; written < input.size();) {
    const ssize_t count = write(in.number, input.data() + written, input.size() - written);
    if (count < 0 && errno != EINTR) throw failure(name, std::string("cannot be given its input (") + strerror(errno) + ")");
    if (count > 0) written += static_cast<size_t>(count);
  }
  lseek(in.number, 0, SEEK_SET);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.number, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out_of_child.number, STDOUT_FILENO);
  std::vector<char *> arguments;
  for (const std::string &word : command) arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawnp(&child, name.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) throw failure(name, "is not installed; " + if_missing);
  if (error != 0) throw failure(name, std::string("cannot be run (") + strerror(error) + ")");
  out_of_child.close_now();

  std::string output;
  char buffer[65536];
  ssize_t count;
  while ((count = read(out.number, buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) output.append(buffer, static_cast<size_t>(count));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw failure(name, WIFEXITED(status) ? "failed with status " + std::to_string(WEXITSTATUS(status))
                                          : "was ended by signal " + std::to_string(WTERMSIG(status)));
  }
  return output;
}

}  // namespace lockwrap::cli
