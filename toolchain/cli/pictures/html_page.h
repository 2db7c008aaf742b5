// One page with all that a profile, and the findings beside it, have to say: one file, no network, readable without scripts.
#pragma once

#include <string>
#include <vector>

#include "pictures/finding_reader.h"
#include "names/named_profile.h"

namespace lockwrap::cli {

// `findings` and `pictures` as for findings_section.
std::string html_page(NamedProfile &profile, const std::vector<Finding> &findings, const std::vector<std::string> &pictures);

}  // namespace lockwrap::cli
