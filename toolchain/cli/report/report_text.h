// The report as a table for a terminal, followed by a few sentences that read it aloud.
#pragma once

#include <string>

#include "report/lock_report.h"

namespace lockwrap::cli {

// `side` is the one that the report was made for; its columns come first.
std::string report_as_text(const LockReport &report, Side side);

}  // namespace lockwrap::cli
