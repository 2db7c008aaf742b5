#include "pictures/html_sections.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/duration_text.h"
#include "pictures/finding_graph.h"
#include "pictures/html_table.h"
#include "report/lock_pattern.h"
#include "report/report_sentence.h"
#include "pictures/svg_text.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kPlacesShown = 4;
constexpr size_t kPairsShown = 500;
constexpr size_t kHistogramsShown = 50;
constexpr size_t kFunctionColumns = 60;

std::string section(const std::string &id, const std::string &title, const std::string &content) {
  return "<section id=\"" + id + "\" aria-labelledby=\"" + id + "_title\">\n<h2 id=\"" + id + "_title\">" + title + "</h2>\n" + content + "</section>\n";
}

std::string paragraph(const std::string &text) { return "<p>" + xml_text(text, 4000) + "</p>\n"; }

double as_number(int64_t amount) { return static_cast<double>(amount); }

std::string lock_name(const LockRow &row) { return row.instances > 1 ? row.name + " (" + instances_text(row) + ")" : row.name; }

std::string mode_text(const std::string &mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

// In brackets; a line never ends within it.
std::string share(int64_t part_ns, int64_t whole_ns) {
  std::string text = share_text(part_ns, whole_ns);
  const size_t space = text.find(' ');
  return " (" + (space == std::string::npos ? text : text.replace(space, 1, "\u00a0")) + ")";
}

std::vector<std::string> places(const std::vector<PlaceTotal> &totals, int64_t whole_ns) {
  std::vector<std::string> lines;
  for (size_t index = 0; index < totals.size() && index < kPlacesShown; ++index) {
    lines.push_back(short_place(totals[index].place, kFunctionColumns) + mode_text(totals[index].mode) + share(totals[index].wait_ns, whole_ns));
  }
  if (totals.size() > kPlacesShown) lines.push_back(count_text(totals.size() - kPlacesShown, "more place"));
  return lines;
}

std::vector<std::string> holders(const LockRow &row) {
  std::vector<std::string> lines = places(row.held_by, whole_wait(row));
  if (has_large_unattributed_share(row)) lines.push_back("no holder seen" + share(row.unattributed_ns, whole_wait(row)));
  return lines;
}

// Of whoever is first in "Held by".
HoldTimes first_holds(const LockRow &row) { return row.held_by.empty() ? HoldTimes{} : row.held_by.front().holds; }

// Sorted as less than any time where it is not known.
void add_time(HtmlTable &table, const std::optional<int64_t> &time_ns, const std::string &before) {
  table.add_number(time_ns ? before + duration_text(*time_ns) : "not known", as_number(time_ns.value_or(-1)));
}

// Bars for powers of two: how many waits took how long. Heights by the square root, so that a few long waits are seen beside many short ones.
std::string histogram_svg(const LockRow &row) {
  constexpr int kLeastBar = 22, kLeastWidth = 112, kHeight = 90, kLabel = 16;
  const int first = row.histogram.begin()->first, last = row.histogram.rbegin()->first;
  const int bar = std::max(kLeastBar, kLeastWidth / (last - first + 1));  // few bars are wider: the labels at both ends need their room
  int64_t most = 1;
  for (const auto &[bucket, count] : row.histogram) most = std::max(most, count);
  const int width = (last - first + 1) * bar;
  std::string bars;
  for (const auto &[bucket, count] : row.histogram) {
    const double height = std::max(std::sqrt(as_number(count) / as_number(most)) * kHeight, 2.0);
    const int64_t from_ns = bucket <= 0 ? 0 : int64_t{1} << std::min(bucket, 62);
    const int64_t below_ns = int64_t{1} << std::min(std::max(bucket, 0) + 1, 62);
    const std::string what = std::to_string(count) + " waits of " + duration_text(from_ns) + " to " + duration_text(below_ns);
    bars += "<rect x=\"" + std::to_string((bucket - first) * bar + 1) + "\" y=\"" + std::to_string(kHeight - static_cast<int>(height)) + "\" width=\"" +
            std::to_string(bar - 2) + "\" height=\"" + std::to_string(static_cast<int>(height)) + "\"><title>" + what + "</title></rect>";
  }
  const std::string begin = duration_text(first <= 0 ? 0 : int64_t{1} << std::min(first, 62)), end = duration_text(int64_t{1} << std::min(last + 1, 62));
  return "<svg class=\"histogram\" role=\"img\" width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(kHeight + kLabel) + "\" viewBox=\"0 0 " +
         std::to_string(width) + " " + std::to_string(kHeight + kLabel) + "\"><title>How long the waits for " + xml_text(lock_name(row), 100) + " took, from " + begin +
         " to " + end + "</title>" + bars + "<text x=\"1\" y=\"" + std::to_string(kHeight + kLabel - 3) + "\">" + begin + "</text><text x=\"" +
         std::to_string(width - 1) + "\" y=\"" + std::to_string(kHeight + kLabel - 3) + "\" text-anchor=\"end\">" + end + "</text></svg>";
}

}  // namespace

std::string summary_title(const LockReport &report, const LogFindings &log) {
  return !report.rows.empty() ? "What to do" : log.findings.empty() ? "Nothing to do" : "No contention";
}

std::string summary_section(const LockReport &report, const LogFindings &log) {
  std::string content;
  if (report.rows.empty()) {
    content = paragraph(log.findings.empty() ? "No thread had to wait for a lock. That is a good result: there is no contention to remove."
                                             : "No thread had to wait for a lock: there is no contention to remove. What was found, above, is to be mended all the same.");
  } else {
    content = "<ol>\n";
    for (const std::string &reading : readings_of(report, Side::kWaiter)) content += "<li>" + xml_text(reading, 4000) + "</li>\n";
    content += "</ol>\n";
  }
  const std::string dropped = dropped_sentence(report);
  if (!dropped.empty()) content += paragraph(dropped);
  return section("summary", summary_title(report, log), content);
}

std::string locks_section(const LockReport &report) {
  if (report.rows.empty()) return "";
  HtmlTable table("locks_table", "Locks that threads waited for, the longest wait in total first. Threads waiting: on average, at any moment. Holds: of the first one in "
                  "Held by, while others waited.");
  table.add_column("Lock", false);
  for (const char *title : {"Waited", "Waits", "Mean wait", "99 % of waits", "Longest wait", "Threads waiting"}) table.add_column(title, true);
  for (const char *title : {"Pattern", "Waits in", "Held by"}) table.add_column(title, false);
  const bool has_holds = std::any_of(report.rows.begin(), report.rows.end(), [](const LockRow &row) { return first_holds(row).holds > 0; });
  if (has_holds) {
    for (const char *title : {"Mean hold", "Longest hold"}) table.add_column(title, true);
  }
  for (const LockRow &row : report.rows) {
    const LockShape shape = shape_of(row, report.duration_ns);
    char threads[32];
    snprintf(threads, sizeof threads, "%.2f", shape.waiting_threads);
    table.begin_row();
    table.add_text(lock_name(row));
    table.add_number(duration_text(row.wait_ns), as_number(row.wait_ns));
    table.add_number(std::to_string(row.contentions), as_number(row.contentions));
    table.add_number(duration_text(shape.mean_wait_ns), as_number(shape.mean_wait_ns));
    add_time(table, shape.p99_wait_ns, "\u2264 ");
    table.add_number(duration_text(row.max_wait_ns), as_number(row.max_wait_ns));
    table.add_number(threads, shape.waiting_threads);
    std::string pattern = pattern_name(shape.pattern);
    std::replace(pattern.begin(), pattern.end(), '-', ' ');
    table.add_text(pattern);
    table.add_lines(places(row.waits_in, whole_wait(row)));
    table.add_lines(holders(row));
    if (!has_holds) continue;
    const HoldTimes holds = first_holds(row);
    add_time(table, holds.holds > 0 ? std::optional(holds.mean_ns()) : std::nullopt, "");
    add_time(table, holds.holds > 0 ? std::optional(holds.max_hold_ns) : std::nullopt, "");
  }
  std::string explanation;
  if (std::any_of(report.rows.begin(), report.rows.end(), has_large_unattributed_share)) {
    explanation = paragraph("No holder seen: the lock was free already and the woken thread had not run yet, or code that lockwrap does not see held it.");
  }
  return section("locks", "Locks", table.html() + explanation);
}

std::string pairs_section(const LockReport &report) {
  HtmlTable table("pairs_table", "Who waits because of whom, the longest wait first");
  for (const char *title : {"Waits at", "Blocked by", "Lock"}) table.add_column(title, false);
  for (const char *title : {"Waited", "Share of all waiting", "Holds"}) table.add_column(title, true);
  std::vector<std::pair<const LockRow *, const PairTotal *>> pairs;
  for (const LockRow &row : report.rows) {
    for (const PairTotal &pair : row.pairs) pairs.emplace_back(&row, &pair);
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const auto &left, const auto &right) { return left.second->wait_ns > right.second->wait_ns; });
  if (pairs.empty()) return "";
  std::string more;
  if (pairs.size() > kPairsShown) {
    more = paragraph(count_text(pairs.size() - kPairsShown, "more pair") + " with shorter waits are not shown; lockwrap report --json has all.");
    pairs.resize(kPairsShown);
  }
  for (const auto &[row, pair] : pairs) {
    table.begin_row();
    table.add_lines({short_place(pair->waits_at, kFunctionColumns)});
    table.add_lines({short_place(pair->blocked_by, kFunctionColumns)});
    table.add_text(lock_name(*row));
    table.add_number(duration_text(pair->wait_ns), as_number(pair->wait_ns));
    table.add_number(share_text(pair->wait_ns, report.wait_ns), as_number(pair->wait_ns));
    table.add_number(std::to_string(pair->contentions), as_number(pair->contentions));
  }
  return section("pairs", "Waits at, blocked by", table.html() + more);
}

std::string histograms_section(const LockReport &report) {
  std::string content;
  size_t shown = 0;
  for (const LockRow &row : report.rows) {
    if (row.histogram.empty() || shown == kHistogramsShown) continue;
    ++shown;
    content += "<figure><figcaption>" + xml_text(lock_name(row), 100) + "</figcaption>" + histogram_svg(row) + "</figure>\n";
  }
  if (content.empty()) return "";
  return section("histograms", "How long the waits took",
                 paragraph("Each bar counts the waits of at least its time and less than twice that; its height is the square root of the count.") +
                     "<div class=\"figures\">\n" + content + "</div>\n");
}

std::string threads_section(const std::vector<ThreadTotal> &threads) {
  if (threads.empty()) return "";
  HtmlTable table("threads_table", "Threads of one name together; from samples, so right on average");
  table.add_column("Thread", false);
  table.add_column("Waited", true);
  table.add_column("Made others wait", true);
  for (const ThreadTotal &thread : threads) {
    table.begin_row();
    table.add_text(thread.name.empty() ? "(name not known)" : thread.name);
    table.add_number(duration_text(thread.wait_ns), as_number(thread.wait_ns));
    table.add_number(duration_text(thread.blamed_ns), as_number(thread.blamed_ns));
  }
  return section("threads", "Threads", table.html());
}

std::string findings_title(const LogFindings &log) { return log.findings.empty() ? "No findings" : "Findings"; }

std::string findings_section(const LogFindings &log) {
  const std::vector<Finding> &findings = log.findings;
  const std::vector<std::string> &pictures = log.pictures;
  if (findings.empty()) {
    return log.path.empty() ? "" : section("findings", findings_title(log), paragraph("No findings in " + log.path + ". That is a good result: no deadlock, and nothing that can become one, was told there."));
  }
  std::string content;
  for (size_t index = 0; index < findings.size(); ++index) {
    const Finding &finding = findings[index];
    content += "<article class=\"finding\">\n<h3>Finding " + std::to_string(index + 1) + ": " + xml_text(finding.kind) + "</h3>\n" + paragraph(finding.headline);
    const std::string again = untold_text(finding);
    if (!again.empty()) content += paragraph(again);
    if (!finding.advice.empty()) content += paragraph("To do: " + finding.advice);
    if (index < pictures.size() && !pictures[index].empty()) {
      content += "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Finding " + std::to_string(index + 1) + ", its circle as a picture\">" + pictures[index] + "</div>\n";
    }
    content += "<details><summary>The whole report, with stacks</summary><pre tabindex=\"0\">";
    std::string_view text = finding.text;
    while (!text.empty()) {
      const size_t end = std::min(text.find('\n'), text.size());
      content += xml_text(text.substr(0, end), 2000) + "\n";
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    content += "</pre></details>\n</article>\n";
  }
  return section("findings", "Deadlocks and other findings", content);
}

}  // namespace lockwrap::cli
