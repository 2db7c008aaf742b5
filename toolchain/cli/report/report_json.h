// The report for programs. Keys are only ever added; a change of meaning raises "version".
#pragma once

#include <string>

#include "report/lock_report.h"

namespace lockwrap::cli {

constexpr int kReportJsonVersion = 1;

std::string report_as_json(const LockReport &report);

// The same in one line, of what happened in an interval: `duration_ns` is its length, "since_start" true for all that came before.
std::string interval_as_json(const LockReport &report, bool is_since_start);

}  // namespace lockwrap::cli
