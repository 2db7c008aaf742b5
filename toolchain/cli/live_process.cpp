// The signal is queued with a value that tells the runtime to write the profile alone; see runtime/lifecycle.cpp.
#include "live_process.h"

#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

constexpr int kProfileAlone = 0x6c77;
constexpr int kPollMs = 20;

CommandError process_error(pid_t pid, const std::string &what) { return CommandError("process " + std::to_string(pid) + " " + what); }

std::string proc_path(pid_t pid, const char *name) { return "/proc/" + std::to_string(pid) + "/" + name; }

std::string file_text(pid_t pid, const char *name) {
  std::ifstream file(proc_path(pid, name), std::ios::binary);
  if (!file) throw process_error(pid, errno == ENOENT ? "is not there" : std::string("may not be looked at (") + strerror(errno) + "); ask its owner, or root");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// LOCKWRAP_OPTIONS as it was when the process started.
std::string options_of(pid_t pid) {
  constexpr std::string_view kName = "LOCKWRAP_OPTIONS=";
  std::istringstream environment(file_text(pid, "environ"));
  for (std::string entry; std::getline(environment, entry, '\0');) {
    if (entry.compare(0, kName.size(), kName) == 0) return entry.substr(kName.size());
  }
  return "";
}

int signal_number(const std::string &name) {
  const std::string plain = name.compare(0, 3, "SIG") == 0 ? name.substr(3) : name;
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char *known = sigabbrev_np(number);
    if (known != nullptr && plain == known) return number;
  }
  return 0;
}

// A signal without a handler would end the process.
bool handles(pid_t pid, int signal) {
  std::istringstream status(file_text(pid, "status"));
  for (std::string line; std::getline(status, line);) {
    if (line.compare(0, 7, "SigCgt:") == 0) return std::stoull(line.substr(7), nullptr, 16) >> (signal - 1) & 1;
  }
  return false;
}

// Which file it is, and when it was written: a profile is renamed to its name when it is complete.
using FileStamp = std::pair<ino_t, int64_t>;

std::map<std::string, FileStamp> candidates(const std::string &pattern) {
  std::map<std::string, FileStamp> found;
  glob_t paths;
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &paths) == 0) {
    for (size_t index = 0; index < paths.gl_pathc; ++index) {
      struct stat status;
      if (stat(paths.gl_pathv[index], &status) != 0 || !S_ISREG(status.st_mode)) continue;
      found[paths.gl_pathv[index]] = {status.st_ino, int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
    }
    globfree(&paths);
  }
  return found;
}

}  // namespace

std::string option_value(const std::string &options, const std::string &key) {
  std::string value;
  for (size_t at = 0; at < options.size();) {
    const size_t equals = options.find('=', at), colon = options.find(':', at);
    if (equals == std::string::npos) break;
    if (colon < equals) {  // no option; the next one
      at = colon + 1;
      continue;
    }
    const std::string name = options.substr(at, equals - at);
    size_t end = equals + 1;
    std::string text;
    if (end < options.size() && (options[end] == '"' || options[end] == '\'')) {
      const size_t closing = std::min(options.find(options[end], end + 1), options.size());
      text = options.substr(end + 1, closing - end - 1);
      end = std::min(options.find(':', closing), options.size());
    } else {
      end = std::min(options.find(':', end), options.size());
      text = options.substr(equals + 1, end - equals - 1);
    }
    if (name == key) value = text;  // the last one counts
    at = end + 1;
  }
  return value;
}

std::string glob_of_pattern(const std::string &pattern, pid_t pid) {
  std::string result;
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] != '%' || at + 1 == pattern.size()) {
      if (strchr("*?[\\", pattern[at]) != nullptr) result += '\\';
      result += pattern[at];
      continue;
    }
    const char letter = pattern[++at];
    if (letter == 'p') result += std::to_string(pid);
    else result += letter == '%' ? "%" : "*";
  }
  return result;
}

LiveProcess find_live_process(pid_t pid, const std::string &signal_name, const std::string &profile_path) {
  LiveProcess process;
  process.pid = pid;
  const std::string options = signal_name.empty() || profile_path.empty() ? options_of(pid) : "";
  const std::string name = signal_name.empty() ? option_value(options, "dump_signal") : signal_name;
  const std::string pattern = profile_path.empty() ? option_value(options, "profile_path") : profile_path;
  if (name.empty() || pattern.empty()) {
    throw process_error(pid, std::string("was not started with ") + (name.empty() ? "dump_signal" : "profile_path") +
                                 " in LOCKWRAP_OPTIONS (LOCKWRAP_OPTIONS=dump_signal=USR2:profile_path=/tmp/%e.%p.pb.gz); if the program sets it itself, "
                                 "give --signal and --profile");
  }
  process.signal = signal_number(name);
  if (process.signal == 0) throw CommandError("\"" + name + "\" is no signal; write for example --signal USR2");
  if (!handles(pid, process.signal)) {
    throw process_error(pid, "has no handler for SIG" + std::string(sigabbrev_np(process.signal)) +
                                 ", which would end it; is lockwrap in it, with dump_signal=" + sigabbrev_np(process.signal) + "?");
  }
  // A path of the process's own, which may be in a container.
  std::string root = proc_path(pid, pattern.front() == '/' ? "root" : "cwd/");
  if (!profile_path.empty()) root = "";
  process.profile_path = root + glob_of_pattern(pattern, pid);
  return process;
}

std::string ask_for_profile(const LiveProcess &process, int patience_ms) {
  const std::map<std::string, FileStamp> before = candidates(process.profile_path);
  const union sigval value = {kProfileAlone};
  if (sigqueue(process.pid, process.signal, value) != 0) {
    throw process_error(process.pid, errno == ESRCH ? "has ended" : std::string("may not be sent the signal (") + strerror(errno) + ")");
  }
  for (int waited_ms = 0; waited_ms < patience_ms; waited_ms += kPollMs) {
    for (const auto &[path, stamp] : candidates(process.profile_path)) {
      const auto known = before.find(path);
      if (known == before.end() || known->second != stamp) return path;
    }
    if (kill(process.pid, 0) != 0 && errno == ESRCH) throw process_error(process.pid, "has ended");
    usleep(kPollMs * 1000);
  }
  throw process_error(process.pid, "has written no profile to " + process.profile_path + "; it says why on its stderr");
}

}  // namespace lockwrap::cli
