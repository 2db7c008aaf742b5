// What a link needs to have lockwrap in it, for build systems that know neither CMake nor pkg-config.
#pragma once

#include <string>
#include <vector>

namespace lockwrap::cli {

struct LinkFlags {
  std::vector<std::string> driver;  // for the compiler that links: -pthread, -Wl,...
  std::string archive;              // absolute
};

// Reads PREFIX/lib/lockwrap/wrap.rsp, as installed with the archive. `libraries` is the folder of the archive.
// CommandError: one of the two files is missing, or the list is not one of lockwrap's.
LinkFlags read_link_flags(const std::string &libraries);

// The folder of the archive that was installed together with the running command. CommandError: there is none, as in a build tree.
std::string installed_libraries();

// One line each, for $(...): options and the archive; the archive comes first, so that nothing else answers for its names.
std::string driver_line(const LinkFlags &flags);
std::string linker_line(const LinkFlags &flags);

// A file for gcc's -specs=, which adds the options to links of executables only. CommandError: a specs file cannot name the archive's place.
std::string gcc_specs(const LinkFlags &flags);

std::string flags_json(const LinkFlags &flags);

}  // namespace lockwrap::cli
