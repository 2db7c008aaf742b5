// Reads the first row of a report aloud: which lock, who waits, who holds it, what to do next.
#pragma once

#include <string>

#include "lock_report.h"

namespace lockwrap::cli {

// `report` has at least one row.
std::string reading_of(const LockReport &report, Side side);

// What shares are shares of: the waited time, or what is charged to the holders if that should be more.
int64_t whole_wait(const LockRow &row);

// More than a quarter of the time no holder was seen; the reader must be told what that means.
bool has_large_unattributed_share(const LockRow &row);

}  // namespace lockwrap::cli
