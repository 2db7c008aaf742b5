// A cell is quoted when it holds a comma, a quotation mark or a line break.
#include "export/export_formats.h"

namespace lockwrap::cli {
namespace {

std::string cell(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char character : text) {
    if (character == '"') quoted += '"';
    quoted += character;
  }
  return quoted + "\"";
}

std::string cell(int64_t number) { return std::to_string(number); }
std::string cell(size_t number) { return std::to_string(number); }

template <typename... Cells>
std::string line(const Cells &...cells) {
  std::string text;
  ((text += (text.empty() ? "" : ",") + cell(cells)), ...);
  return text + "\r\n";
}

// Empty where no hold time is known.
std::string hold_cell(const HoldTimes &holds, std::optional<int64_t> time_ns) {
  return holds.holds > 0 && time_ns ? std::to_string(*time_ns) : "";
}

std::string places_of(const LockRow &row, const std::vector<PlaceTotal> &places, const std::string &side) {
  std::string text;
  for (const PlaceTotal &total : places) {
    text += line(row.name, row.kind, side, total.mode, total.place.function, total.place.file, total.place.line, total.wait_ns, total.contentions, hold_cell(total.holds, total.holds.mean_ns()),
                 hold_cell(total.holds, total.holds.p99_ns()), hold_cell(total.holds, total.holds.max_hold_ns));
  }
  return text;
}

}  // namespace

std::string export_csv(const LockReport &report, CsvTable table) {
  using Text = std::string;
  Text text;
  switch (table) {
    case CsvTable::kLocks:
      text = "lock,kind,instances,contentions,read_contentions,wait_ns,max_wait_ns,blamed_ns,unattributed_ns\r\n";
      for (const LockRow &row : report.rows) {
        text += line(row.name, row.kind, row.instances, row.contentions, row.read_contentions, row.wait_ns, row.max_wait_ns, row.blamed_ns,
                     row.unattributed_ns);
      }
      return text;
    case CsvTable::kPlaces:
      text = "lock,kind,side,mode,function,file,line,wait_ns,contentions,mean_hold_ns,p99_hold_ns,max_hold_ns\r\n";
      for (const LockRow &row : report.rows) text += places_of(row, row.waits_in, "waiter") + places_of(row, row.held_by, "holder");
      return text;
    case CsvTable::kPairs:
      text = "lock,kind,waits_at_function,waits_at_file,waits_at_line,blocked_by_function,blocked_by_file,blocked_by_line,wait_ns,contentions\r\n";
      for (const LockRow &row : report.rows) {
        for (const PairTotal &pair : row.pairs) {
          text += line(row.name, row.kind, pair.waits_at.function, pair.waits_at.file, pair.waits_at.line, pair.blocked_by.function,
                       pair.blocked_by.file, pair.blocked_by.line, pair.wait_ns, pair.contentions);
        }
      }
      return text;
  }
  return text;
}

}  // namespace lockwrap::cli
