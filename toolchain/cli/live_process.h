// A running program that writes its profile when it is asked to.
#pragma once

#include <sys/types.h>

#include <string>

namespace lockwrap::cli {

struct LiveProcess {
  pid_t pid = 0;
  int signal = 0;            // asks for a profile
  std::string profile_path;  // where it appears: a pattern for glob(3), as seen from here (/proc/PID/root of a container)
};

// What the process was started with (LOCKWRAP_OPTIONS in its environment), or else `signal_name` ("USR2") and `profile_path`, if given.
// CommandError: there is no such process, it may not be looked at, or it would not survive the signal.
LiveProcess find_live_process(pid_t pid, const std::string &signal_name, const std::string &profile_path);

// Sends the signal and waits until the profile is there. Its path. CommandError: the process is gone, or there is no profile after `patience_ms`.
std::string ask_for_profile(const LiveProcess &process, int patience_ms);

// The value of KEY in options as LOCKWRAP_OPTIONS has them: key=value:key="value". "" when it is not there.
std::string option_value(const std::string &options, const std::string &key);

// A pattern of `profile_path` (%e %p %h %t %%) as one for glob(3).
std::string glob_of_pattern(const std::string &pattern, pid_t pid);

}  // namespace lockwrap::cli
