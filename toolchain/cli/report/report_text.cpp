// Lays out the table. Names are cut to what still fits a wide terminal; JSON has them whole.
#include "report/report_text.h"

#include <algorithm>

#include "base/duration_text.h"
#include "report/report_sentence.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kNameColumns = 40;
constexpr size_t kFunctionColumns = 44;
constexpr size_t kPlacesShown = 3;

std::string mode_text(const std::string &mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

TextTable::Cell places_cell(const std::vector<PlaceTotal> &totals, int64_t whole_ns) {
  TextTable::Cell lines;
  for (size_t index = 0; index < totals.size() && index < kPlacesShown; ++index) {
    const PlaceTotal &total = totals[index];
    lines.push_back(printable(short_place(total.place, kFunctionColumns)) + mode_text(total.mode) + " (" + share_text(total.wait_ns, whole_ns) + ")");
  }
  return lines;
}

TextTable::Cell holders_cell(const LockRow &row) {
  TextTable::Cell lines = places_cell(row.held_by, whole_wait(row));
  if (has_large_unattributed_share(row)) {
    lines.push_back("no holder seen (" + share_text(row.unattributed_ns, whole_wait(row)) + ")");
  }
  return lines;
}

TextTable::Cell name_cell(const LockRow &row) {
  std::string name = printable(row.name);
  if (row.instances > 1) name += " (" + count_text(row.instances, "lock") + ")";
  return wrap_words(name, kNameColumns);
}

// Readers and writers apart, as the runtime's own report has them.
std::string waits_text(const LockRow &row) {
  if (row.kind != "rwlock" || row.read_contentions > row.contentions) return std::to_string(row.contentions);
  return std::to_string(row.read_contentions) + " r + " + std::to_string(row.contentions - row.read_contentions) + " w";
}

std::string heading(const LockReport &report) {
  std::string text = printable(report.program.substr(report.program.rfind('/') + 1));
  if (report.pid != 0) text += (text.empty() ? "pid " : ", pid ") + std::to_string(report.pid);
  if (report.files > 1) text += (text.empty() ? "" : ", ") + count_text(static_cast<uint64_t>(report.files), "profile");
  if (report.duration_ns > 0) text += (text.empty() ? "watched " : ", watched ") + duration_text(report.duration_ns);
  return text;
}

std::string dropped_text(const LockReport &report) {
  std::string list;
  for (const auto &[what, count] : report.dropped) {
    if (count != 0) list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + printable(what);
  }
  if (list.empty()) return "";
  return "Dropped: " + list + ". The tables of lockwrap were full; a larger LOCKWRAP_OPTIONS=memory_limit_mb=... keeps them.\n";
}

}  // namespace

std::string report_table(const LockReport &report, Side side) {
  using Align = TextTable::Align;
  const bool is_blame = side == Side::kHolder;
  const TextTable::Column waits_in{"WAITS IN", Align::kLeft}, held_by{"HELD BY", Align::kLeft};
  TextTable table({{"LOCK", Align::kLeft},
                   {is_blame ? "BLAMED" : "WAITED", Align::kRight},
                   {is_blame ? "HOLDS" : "COUNT", Align::kRight},
                   {"MEAN", Align::kRight},
                   {"MAX", Align::kRight},
                   is_blame ? held_by : waits_in,
                   is_blame ? waits_in : held_by});
  for (const LockRow &row : report.rows) {
    const int64_t amount_ns = is_blame ? row.blamed_ns : row.wait_ns;
    const int64_t count = is_blame ? row.holds : row.contentions;
    TextTable::Cell waiters = places_cell(row.waits_in, whole_wait(row)), holders = holders_cell(row);
    if (is_blame) std::swap(waiters, holders);
    table.add_row({name_cell(row),
                   {duration_text(amount_ns)},
                   {is_blame ? std::to_string(count) : waits_text(row)},
                   {count == 0 ? "-" : duration_text(amount_ns / count)},
                   {duration_text(row.max_wait_ns)},
                   std::move(waiters),
                   std::move(holders)});
  }
  return table.text();
}

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
  const std::string dropped = dropped_text(report);
  return dropped.empty() ? text : text + "\n" + dropped;
}

}  // namespace lockwrap::cli
