// Puts names into a profile, after which every pprof reader shows them without the program.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "names/lock_places.h"
#include "profile/lock_profile.h"
#include "profile/profile.h"
#include "profile/profile_writer.h"
#include "names/symbolizer.h"

namespace lockwrap::cli {

// All locations of mapping 1 get functions, files, lines and inlined frames. The code addresses that only labels and
// comments mention (sites, where a lock was created) become locations too, so that a report on the result needs no
// program. What is given back does the rest while the profile is written, as long as `locks` lives: each sample's `lock` label gets the name
// out of `lock_names` (by lock id), and its site the string labels `site_function` and `site_line` (`waiter_site_function`,
// `waiter_site_line`) for pprof's -tagfocus. Everything else stays as it is.
EditSample symbolize_profile(Profile &profile, const LockProfile &locks, const std::map<uint64_t, std::string> &lock_names,
                             LockPlaces &places, Symbolizer &symbolizer);

}  // namespace lockwrap::cli
