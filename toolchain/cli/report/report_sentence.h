// Reads the rows of a report aloud: which lock, who waits, who holds it, what it costs, what to do next.
#pragma once

#include <string>
#include <vector>

#include "report/lock_report.h"

namespace lockwrap::cli {

// A paragraph for each lock that matters: the first, and those after it, five at most, that are a twentieth of all waiting. Empty when the
// report has no row.
std::vector<std::string> readings_of(const LockReport &report, Side side);

// What the profile lacks and what to do about it; "" when it is whole.
std::string dropped_sentence(const LockReport &report);

// What shares are shares of: the waited time, or what is charged to the holders if that should be more.
int64_t whole_wait(const LockRow &row);

// More than a quarter of the time no holder was seen; the reader must be told what that means.
bool has_large_unattributed_share(const LockRow &row);

}  // namespace lockwrap::cli
