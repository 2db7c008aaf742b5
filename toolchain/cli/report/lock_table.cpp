// Names are cut to what fits; JSON has them whole. A fitted table tries its columns from the least important one on.
#include "report/lock_table.h"

#include <algorithm>
#include <string_view>

#include "base/duration_text.h"
#include "base/text_table.h"
#include "names/function_name.h"
#include "report/report_sentence.h"

namespace lockwrap::cli {
namespace {

using Align = TextTable::Align;
using Cell = TextTable::Cell;

constexpr size_t kNameColumns = 40;
constexpr size_t kFunctionColumns = 44;
constexpr size_t kPlacesShown = 3;
// Of a fitted table.
constexpr size_t kLeastColumns = 40;
constexpr size_t kLeastNameColumns = 14;
constexpr size_t kNameDivisor = 4;            // of all columns, for the name
constexpr size_t kPlaceColumns = 28;          // what a place has before another column is shown
constexpr size_t kWholePlaceColumns = 46;     // the same before the mean is, which the others tell too
constexpr size_t kGap = 2;
constexpr std::string_view kAnonymous = "(anonymous namespace)::";

std::string mode_text(const std::string &mode) { return mode == "read" ? " reading" : mode == "write" ? " writing" : ""; }

std::string share(int64_t part_ns, int64_t whole_ns) { return " (" + share_text(part_ns, whole_ns) + ")"; }

Cell places_cell(const std::vector<PlaceTotal> &totals, int64_t whole_ns) {
  Cell lines;
  for (size_t index = 0; index < totals.size() && index < kPlacesShown; ++index) {
    const PlaceTotal &total = totals[index];
    lines.push_back(printable(short_place(total.place, kFunctionColumns)) + mode_text(total.mode) + share(total.wait_ns, whole_ns));
  }
  return lines;
}

Cell holders_cell(const LockRow &row) {
  Cell lines = places_cell(row.held_by, whole_wait(row));
  if (has_large_unattributed_share(row)) lines.push_back("no holder seen" + share(row.unattributed_ns, whole_wait(row)));
  return lines;
}

// Readers and writers apart, as the runtime's own report has them.
std::string waits_text(const LockRow &row) {
  if (row.kind != "rwlock" || row.read_contentions > row.contentions) return std::to_string(row.contentions);
  return std::to_string(row.read_contentions) + " r + " + std::to_string(row.contentions - row.read_contentions) + " w";
}

std::string mean_text(int64_t amount_ns, int64_t count) { return count == 0 ? "-" : duration_text(amount_ns / count); }

std::string longest_wait_text(const LockRow &row) { return (row.is_max_a_bound ? "<=" : "") + duration_text(row.max_wait_ns); }

std::string longest_hold_text(const LockRow &row) { return row.hold_times.holds > 0 ? duration_text(row.hold_times.max_hold_ns) : "-"; }

Cell name_cell(const LockRow &row) {
  const std::string instances = instances_text(row);
  return wrap_name(printable(row.name), instances.empty() ? "" : " (" + instances + ")", kNameColumns);
}

std::string waiters_table(const LockReport &report) {
  TextTable table({{"LOCK", Align::kLeft}, {"WAITED", Align::kRight}, {"COUNT", Align::kRight}, {"MEAN", Align::kRight}, {"MAX", Align::kRight},
                   {"WAITS IN", Align::kLeft}, {"HELD BY", Align::kLeft}});
  for (const LockRow &row : report.rows) {
    table.add_row({name_cell(row), {duration_text(row.wait_ns)}, {waits_text(row)}, {mean_text(row.wait_ns, row.contentions)}, {longest_wait_text(row)},
                   places_cell(row.waits_in, whole_wait(row)), holders_cell(row)});
  }
  return table.text();
}

std::string holders_table(const LockReport &report) {
  const bool has_holds = std::any_of(report.rows.begin(), report.rows.end(), [](const LockRow &row) { return row.hold_times.holds > 0; });
  std::vector<TextTable::Column> columns = {{"LOCK", Align::kLeft}, {"BLAMED", Align::kRight}, {"HOLDS", Align::kRight}, {"PER HOLD", Align::kRight}};
  if (has_holds) columns.push_back({"LONGEST HOLD", Align::kRight});
  columns.insert(columns.end(), {{"HELD BY", Align::kLeft}, {"WAITS IN", Align::kLeft}});
  TextTable table(std::move(columns));
  for (const LockRow &row : report.rows) {
    std::vector<Cell> cells = {name_cell(row), {duration_text(row.blamed_ns)}, {std::to_string(row.holds)}, {mean_text(row.blamed_ns, row.holds)}};
    if (has_holds) cells.push_back({longest_hold_text(row)});
    cells.push_back(holders_cell(row));
    cells.push_back(places_cell(row.waits_in, whole_wait(row)));
    table.add_row(std::move(cells));
  }
  return table.text();
}

// The function and its line; where that is too wide the function alone, then without the namespaces and classes around it, then cut.
std::string place_within(const Place &place, size_t columns) {
  const std::string whole = short_place(place, std::string::npos);
  if (text_width(whole) <= columns) return whole;
  if (place.function.empty()) return fitted_middle(whole, columns);
  std::string function = short_function_name(place.function);
  for (;;) {
    const std::string fitted = fitted_function_name(function, columns);
    const bool is_cut = fitted.size() > 3 && fitted.compare(fitted.size() - 3, 3, "...") == 0;
    if (function.rfind(kAnonymous, 0) == 0) function.erase(0, kAnonymous.size());
    const size_t scope = function.find("::"), bracket = function.find_first_of("<({");
    if (!is_cut || scope == std::string::npos || scope > bracket) return fitted;
    function.erase(0, scope + 2);
  }
}

std::string place_line(const PlaceTotal &total, int64_t whole_ns, size_t columns) {
  const std::string part = share(total.wait_ns, whole_ns);
  const std::string with_mode = mode_text(total.mode) + part, &end = with_mode.size() > columns / 2 ? part : with_mode;
  return printable(place_within(total.place, columns - std::min(columns / 2, end.size()))) + end;
}

struct FittedColumns {
  size_t name, waiters, holders;  // how wide; no waiters: not shown
  bool has_count, has_mean, has_maximum;
  size_t places;  // of a lock
};

Cell waiters_within(const LockRow &row, const FittedColumns &columns) {
  Cell lines;
  for (size_t index = 0; index < row.waits_in.size() && index < columns.places; ++index) {
    lines.push_back(place_line(row.waits_in[index], whole_wait(row), columns.waiters));
  }
  return lines;
}

// Where only the first lines have room, "no holder seen" has its place among them by its share.
Cell holders_within(const LockRow &row, const FittedColumns &columns) {
  Cell lines;
  bool is_unseen_told = !has_large_unattributed_share(row);
  const auto tell_unseen = [&] {
    lines.push_back("no holder seen" + share(row.unattributed_ns, whole_wait(row)));
    is_unseen_told = true;
  };
  for (const PlaceTotal &total : row.held_by) {
    if (!is_unseen_told && row.unattributed_ns > total.wait_ns) tell_unseen();
    lines.push_back(place_line(total, whole_wait(row), columns.holders));
  }
  if (!is_unseen_told) tell_unseen();
  lines.resize(std::min(lines.size(), columns.places));
  return lines;
}

// "mutex created in Cache::open() cache.cpp:12" and the like as "in Cache::open()": the beginning is that of all locks without a name.
std::string fitted_name(const std::string &name, size_t columns) {
  if (text_width(name) <= columns) return name;
  for (const std::string_view origin : {" created in ", " first used in "}) {
    const size_t found = name.find(origin);
    if (found == std::string::npos) continue;
    const std::string function = name.substr(found + origin.size());
    const size_t space = function.rfind(' '), colon = function.rfind(':');
    const bool has_line = space != std::string::npos && colon != std::string::npos && space < colon &&
                          function.find_first_not_of("0123456789", colon + 1) == std::string::npos;
    const Place place{has_line ? function.substr(0, space) : function, has_line ? function.substr(space + 1) : "", 0};
    return "in " + place_within(place, columns - std::min<size_t>(columns, 3));
  }
  return fitted_middle(name, columns);
}

Cell name_within(const LockRow &row, size_t columns) {
  const std::string instances = row.instances > 1 ? " x" + std::to_string(row.instances) : "";
  return {fitted_name(printable(row.name), columns - std::min(columns / 2, instances.size())) + instances};
}

TextTable table_within(const LockReport &report, const FittedColumns &columns) {
  std::vector<TextTable::Column> titles = {{"LOCK", Align::kLeft}, {"WAITED", Align::kRight}};
  if (columns.has_count) titles.push_back({"COUNT", Align::kRight});
  if (columns.has_mean) titles.push_back({"MEAN", Align::kRight});
  if (columns.has_maximum) titles.push_back({"MAX", Align::kRight});
  if (columns.waiters > 0) titles.push_back({"WAITS IN", Align::kLeft});
  if (columns.holders > 0) titles.push_back({"HELD BY", Align::kLeft});
  TextTable table(std::move(titles));
  for (const LockRow &row : report.rows) {
    std::vector<Cell> cells = {name_within(row, columns.name), {duration_text(row.wait_ns)}};
    if (columns.has_count) cells.push_back({waits_text(row)});
    if (columns.has_mean) cells.push_back({mean_text(row.wait_ns, row.contentions)});
    if (columns.has_maximum) cells.push_back({longest_wait_text(row)});
    if (columns.waiters > 0) cells.push_back(waiters_within(row, columns));
    if (columns.holders > 0) cells.push_back(holders_within(row, columns));
    table.add_row(std::move(cells));
  }
  return table;
}

size_t width_of(const LockReport &report, const FittedColumns &columns) { return table_within(report, columns).width(); }

// How wide the widest holder is when nothing is cut.
size_t holders_width(const LockReport &report) {
  const FittedColumns whole{1, 0, kNameColumns + kFunctionColumns, false, false, false, kPlacesShown};
  size_t width = 0;
  for (const LockRow &row : report.rows) {
    for (const std::string &line : holders_within(row, whole)) width = std::max(width, text_width(line));
  }
  return width;
}

// Other columns in the order of what they say, each if the places still have enough; what is left is shared by those.
FittedColumns columns_within(const LockReport &report, SortBy by, size_t all) {
  FittedColumns columns{std::clamp(all / kNameDivisor, kLeastNameColumns, kNameColumns), 0, 0, false, false, false, 1};
  const auto is_left = [&] {
    const size_t used = width_of(report, columns) + kGap;
    return used < all ? all - used : 0;
  };
  const auto show = [&](bool FittedColumns::*column, size_t least) {
    columns.*column = true;
    columns.*column = is_left() >= least;
  };
  show(by == SortBy::kCount ? &FittedColumns::has_count : &FittedColumns::has_maximum, kPlaceColumns);
  const bool has_waiters = is_left() >= 2 * kPlaceColumns + kGap;
  const size_t least = has_waiters ? 2 * kPlaceColumns + kGap : kPlaceColumns + kPlaceColumns / 4;
  for (const auto column : {&FittedColumns::has_maximum, &FittedColumns::has_count}) {
    if (!(columns.*column)) show(column, least);
  }
  show(&FittedColumns::has_mean, has_waiters ? 2 * kWholePlaceColumns + kGap : kWholePlaceColumns);
  const size_t left = std::max(is_left(), kLeastNameColumns);
  columns.holders = left;
  if (has_waiters) {
    columns.holders = std::min(left / 2 + left / 10, holders_width(report));
    columns.waiters = left - columns.holders - kGap;
  }
  columns.places = kPlacesShown;
  columns.name = std::min(columns.name + all - std::min(all, width_of(report, columns)), kNameColumns);  // what the places leave
  return columns;
}

}  // namespace

std::string report_table(const LockReport &report, Side side) { return side == Side::kHolder ? holders_table(report) : waiters_table(report); }

std::string fitted_table(const LockReport &report, SortBy by, const TableSize &size) {
  FittedColumns columns = columns_within(report, by, std::max(size.columns, kLeastColumns));
  std::string text;
  for (columns.places = kPlacesShown; columns.places > 0; --columns.places) {
    text = table_within(report, columns).text();
    if (size.lines == 0 || static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) <= size.lines) break;
  }
  return text;
}

}  // namespace lockwrap::cli
