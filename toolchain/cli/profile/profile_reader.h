// Reads a profile file. The file may come from anywhere and may be cut, foreign or hostile: what this returns is
// consistent (every index and id in it exists), everything else is a CommandError that names the file.
#pragma once

#include <string>
#include <string_view>

#include "profile/profile.h"
#include "profile/profile_check.h"

namespace lockwrap::cli {

// Of bytes that are unpacked (gzip_file.h); `path` is for the messages only. `visitor`, which may be null, sees the samples meanwhile.
Profile parse_profile(std::string bytes, const std::string &path, SampleVisitor *visitor = nullptr);

}  // namespace lockwrap::cli
