// The locks of a report as a table: as wide as it becomes for a file, or fitted to a terminal.
#pragma once

#include <cstddef>
#include <string>

#include "report/lock_report.h"

namespace lockwrap::cli {

// `side` is the one that the report was made for; its columns come first. The report has at least one row.
std::string report_table(const LockReport &report, Side side);

struct TableSize {
  size_t columns = 80;
  size_t lines = 0;  // the fewer there are, the fewer places are shown of each lock, but at least one; 0: no limit
};

// Who waits, in so many columns: the lock, its wait and who holds it always, other columns as there is room. `by`: the order of the rows, whose
// figure is the last to be left out. The report has at least one row.
std::string fitted_table(const LockReport &report, SortBy by, const TableSize &size);

}  // namespace lockwrap::cli
