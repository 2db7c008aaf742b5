// Every sentence is about the row that the order of the report put first.
#include "report_sentence.h"

#include <algorithm>

#include "duration_text.h"
#include "text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kFunctionColumns = 80;
constexpr int64_t kLargeShareDivisor = 4;

std::string place_text(const Place &place) {
  const std::string where = short_file_and_line(place);
  Place function_only = place;
  function_only.file.clear();
  const std::string function = short_place(function_only, kFunctionColumns);
  return printable(where.empty() ? function : function + " (" + where + ")");
}

std::string lock_text(const LockRow &row) {
  const std::string name = "`" + printable(row.name) + "`";
  return row.instances > 1 ? "the " + count_text(row.instances, "lock") + " " + name : name;
}

std::string unattributed_text(const LockRow &row) {
  return "For " + share_text(row.unattributed_ns, whole_wait(row)) +
         " of the time no holder was seen: the lock was already free and the woken thread did not run yet, or code that "
         "lockwrap does not see held it.";
}

bool is_mostly_unattributed(const LockRow &row) { return row.unattributed_ns > whole_wait(row) / 2; }

std::string holder_text(const LockRow &row, const char *pronoun) {
  const PlaceTotal &top = row.held_by.front();
  std::string text = share_text(top.wait_ns, whole_wait(row)) + " of it while " + place_text(top.place) + " held " + pronoun + ".";
  if (is_mostly_unattributed(row) || top.wait_ns < whole_wait(row) / kLargeShareDivisor) return text;
  const bool is_same = !row.waits_in.empty() && row.waits_in.front().place.function == top.place.function;
  text += is_same ? " The same function waits and holds: hold the lock shorter there, or split it so that fewer threads share it."
                  : " Look there first: shorten that hold.";
  return text;
}

}  // namespace

int64_t whole_wait(const LockRow &row) {
  int64_t held_ns = 0;
  for (const PlaceTotal &total : row.held_by) held_ns = add_saturated(held_ns, total.wait_ns);
  return std::max(row.wait_ns, held_ns);
}

bool has_large_unattributed_share(const LockRow &row) {
  return row.unattributed_ns > whole_wait(row) / kLargeShareDivisor;
}

std::string reading_of(const LockReport &report, Side side) {
  const LockRow &row = report.rows.front();
  const char *pronoun = row.instances > 1 ? "one" : "it";
  std::string text;
  if (side == Side::kHolder) {
    text = "Holders of " + lock_text(row) + " made other threads wait " + duration_text(row.blamed_ns) + " of the " +
           duration_text(row.wait_ns) + " waited in total; ";
  } else {
    text = "Threads waited " + duration_text(row.wait_ns) + " in total for " + lock_text(row);
    if (!row.waits_in.empty()) text += ", most of it in " + place_text(row.waits_in.front().place);
    text += "; ";
  }
  if (row.held_by.empty()) {
    text += "no holder was recorded.";
    return row.wait_ns > 0 ? text + " " + unattributed_text(row) : text;
  }
  text += holder_text(row, pronoun);
  if (has_large_unattributed_share(row)) text += " " + unattributed_text(row);
  if (is_mostly_unattributed(row)) {
    text += " Shorter holds help little here: take the lock less often, or let fewer threads than processors share it.";
  }
  return text;
}

}  // namespace lockwrap::cli
