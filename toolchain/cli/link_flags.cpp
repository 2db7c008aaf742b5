#include "link_flags.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace lockwrap::cli {
namespace {

constexpr char kAgain[] = "; install lockwrap again, or name its prefix with --prefix";

std::string joined(const std::vector<std::string> &words) {
  std::string line;
  for (const std::string &word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

// "-Wl,--wrap=X,-u,Y" is for the linker "--wrap=X", "-u", "Y"; what is not for the linker is left out.
std::vector<std::string> linker_options(const LinkFlags &flags) {
  std::vector<std::string> options;
  for (const std::string &flag : flags.driver) {
    if (flag.rfind("-Wl,", 0) != 0) continue;
    for (size_t begin = 4; begin <= flag.size();) {
      const size_t end = std::min(flag.find(',', begin), flag.size());
      options.push_back(flag.substr(begin, end - begin));
      begin = end + 1;
    }
  }
  return options;
}

}  // namespace

LinkFlags read_link_flags(const std::string &libraries) {
  LinkFlags flags;
  const std::string list = libraries + "/lockwrap/wrap.rsp";
  flags.archive = libraries + "/lockwrap/liblockwrap.a";
  std::ifstream file(list);
  if (!file) throw file_error(list, std::string("cannot be read") + kAgain);
  bool has_wrap = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) continue;
    if (line[0] != '-' || line.find_first_of(" \t\"'\\") != std::string::npos) {
      throw file_error(list, "\"" + line.substr(0, 80) + "\" is no linker option" + kAgain);
    }
    has_wrap = has_wrap || line.rfind("-Wl,--wrap=", 0) == 0;
    flags.driver.push_back(line);
  }
  if (!has_wrap) throw file_error(list, std::string("wraps nothing") + kAgain);
  if (!std::filesystem::exists(flags.archive)) throw file_error(flags.archive, std::string("is missing") + kAgain);
  return flags;
}

std::string installed_libraries() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) throw CommandError("where this command is installed cannot be told without /proc; name the prefix with --prefix");
  return (self.parent_path() / LOCKWRAP_LIBRARIES_FROM_COMMAND).lexically_normal().string();
}

std::string driver_line(const LinkFlags &flags) { return flags.archive + " " + joined(flags.driver) + "\n"; }

std::string linker_line(const LinkFlags &flags) { return flags.archive + " " + joined(linker_options(flags)) + "\n"; }

std::string gcc_specs(const LinkFlags &flags) {
  if (flags.archive.find_first_of(" \t\n%{}|;\\") != std::string::npos) {
    throw file_error(flags.archive, "cannot be named in a specs file, where a blank ends a name and %{}|;\\ mean something else; install lockwrap elsewhere");
  }
  // Before the libraries of gcc itself: libgcc.a has a wrapper of pthread_create of its own.
  return "# gcc -specs=THIS: executables are linked with lockwrap. Made by `lockwrap flags --specs`; make it again when lockwrap moves.\n"
         "%rename link_gcc_c_sequence lockwrap_link_gcc_c_sequence\n"
         "\n"
         "*link_gcc_c_sequence:\n"
         "%{!shared:%{!r:" + flags.archive + " " + joined(linker_options(flags)) + " -lpthread}} %(lockwrap_link_gcc_c_sequence)\n"
         "\n";
}

std::string flags_json(const LinkFlags &flags) {
  std::vector<std::string> wrapped;
  for (const std::string &option : linker_options(flags)) {
    if (option.rfind("--wrap=", 0) == 0) wrapped.push_back(option.substr(7));
  }
  return nlohmann::json{{"archive", flags.archive}, {"cc", flags.driver}, {"ld", linker_options(flags)}, {"wrapped", wrapped}}.dump(2) + "\n";
}

}  // namespace lockwrap::cli
