// The report for programs. Keys are only ever added; a change of meaning raises "version".
#pragma once

#include <string>

#include "report/lock_report.h"

namespace lockwrap::cli {

constexpr int kReportJsonVersion = 1;

std::string report_as_json(const LockReport &report);

}  // namespace lockwrap::cli
