#include "report/report_text.h"

#include "base/duration_text.h"
#include "report/lock_table.h"
#include "report/report_sentence.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

std::string heading(const LockReport &report) {
  std::string text = printable(report.program.substr(report.program.rfind('/') + 1));
  if (report.pid != 0) text += (text.empty() ? "pid " : ", pid ") + std::to_string(report.pid);
  if (report.files > 1) text += (text.empty() ? "" : ", ") + count_text(static_cast<uint64_t>(report.files), "profile");
  if (report.duration_ns > 0) text += (text.empty() ? "watched " : ", watched ") + duration_text(report.duration_ns);
  return text;
}

}  // namespace

std::string report_as_text(const LockReport &report, Side side) {
  const std::string first_line = heading(report);
  std::string text = first_line.empty() ? "" : first_line + "\n\n";
  if (report.rows.empty()) {
    text += "No thread had to wait for a lock. That is a good result: there is no contention to remove.\n";
  } else {
    text += report_table(report, side);
    if (report.hidden_rows > 0) text += count_text(report.hidden_rows, "more lock") + ": --top 0 shows all.\n";
    for (const std::string &reading : readings_of(report, side)) {
      text += "\n";
      for (const std::string &line : wrap_words(reading, 118)) text += line + "\n";
    }
  }
  const std::string dropped = dropped_sentence(report);
  if (dropped.empty()) return text;
  text += "\n";
  for (const std::string &line : wrap_words(dropped, 118)) text += line + "\n";
  return text;
}

}  // namespace lockwrap::cli
