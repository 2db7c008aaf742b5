// A timeline as Chrome's trace event format: https://ui.perfetto.dev and chrome://tracing draw it.
// A track a thread; its waits and the holds that made others wait are slices, and an arrow leads from a hold's end to each wait that ended
// with it.
#pragma once

#include <string>

#include "names/named_profile.h"

namespace lockwrap::cli {

// CommandError: the profile has no timeline.
std::string export_perfetto(NamedProfile &profile);

}  // namespace lockwrap::cli
