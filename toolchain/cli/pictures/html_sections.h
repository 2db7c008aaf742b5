// The parts of the page that `lockwrap html` makes, each a <section> that can be read without scripts.
#pragma once

#include <string>
#include <vector>

#include "pictures/finding_reader.h"
#include "report/lock_report.h"
#include "report/thread_totals.h"

namespace lockwrap::cli {

std::string summary_section(const LockReport &report);
std::string locks_section(const LockReport &report);
std::string pairs_section(const LockReport &report);
std::string histograms_section(const LockReport &report);
std::string threads_section(const std::vector<ThreadTotal> &threads);

// `pictures`: of each finding an <svg>, or "" for those that have none.
std::string findings_section(const std::vector<Finding> &findings, const std::vector<std::string> &pictures);

}  // namespace lockwrap::cli
