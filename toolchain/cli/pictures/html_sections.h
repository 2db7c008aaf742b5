// The parts of the page that `lockwrap html` makes, each a <section> that can be read without scripts.
#pragma once

#include <string>
#include <vector>

#include "pictures/finding_reader.h"
#include "report/lock_report.h"
#include "report/thread_totals.h"

namespace lockwrap::cli {

// What the program's log says.
struct LogFindings {
  std::string path;  // "" when no log was asked for
  std::vector<Finding> findings;
  std::vector<std::string> pictures;  // of each finding an <svg>, or "" for those that have none
};

// "What to do"; "Nothing to do" only where nothing was found either.
std::string summary_title(const LockReport &report, const LogFindings &log);
std::string summary_section(const LockReport &report, const LogFindings &log);
std::string locks_section(const LockReport &report);
std::string pairs_section(const LockReport &report);
std::string histograms_section(const LockReport &report);
std::string threads_section(const std::vector<ThreadTotal> &threads);

std::string findings_title(const LogFindings &log);
std::string findings_section(const LogFindings &log);

}  // namespace lockwrap::cli
