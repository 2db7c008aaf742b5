// Turns a profile back into the bytes of pprof's profile.proto, with the fields that the reader did not know.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "profile/profile.h"

namespace lockwrap::cli {

// Not gzip'ed yet; see gzip_file.h.
std::string serialize_profile(const Profile &profile);

// What is done to a sample before it is written; false: it is left out. All of them are seen, in their order.
using EditSample = std::function<bool(size_t index, Sample &sample)>;

// gzip'ed, as a profile's file is. The profile's own samples stay as they are.
void write_profile(const Profile &profile, const std::function<void(std::string_view)> &out);
void write_profile(const Profile &profile, const EditSample &edit, const std::function<void(std::string_view)> &out);

}  // namespace lockwrap::cli
