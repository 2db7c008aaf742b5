// Turns a profile back into the bytes of pprof's profile.proto, with the fields that the reader did not know.
#pragma once

#include <string>

#include "profile/profile.h"

namespace lockwrap::cli {

// Not gzip'ed yet; see gzip_file.h.
std::string serialize_profile(const Profile &profile);

}  // namespace lockwrap::cli
