// One page with all that a profile, and the findings beside it, have to say: one file, no network, readable without scripts.
#pragma once

#include <string>

#include "pictures/html_sections.h"
#include "names/named_profile.h"

namespace lockwrap::cli {

std::string html_page(NamedProfile &profile, const LogFindings &log);

}  // namespace lockwrap::cli
