// Turns a profile back into the bytes of pprof's profile.proto, with the fields that the reader did not know.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "profile/profile.h"

namespace lockwrap::cli {

// Not gzip'ed yet; see gzip_file.h. The second one gives it to `out` piece by piece: a large one would be in memory three times.
std::string serialize_profile(const Profile &profile);
void serialize_profile(const Profile &profile, const std::function<void(std::string_view)> &out);

// gzip'ed, as a profile's file is.
void write_profile(const Profile &profile, const std::function<void(std::string_view)> &out);

}  // namespace lockwrap::cli
