// The sentence first, then the table, then the stacks.
#include <algorithm>
#include <cmath>
#include <utility>

#include "base/duration_text.h"
#include "names/function_name.h"
#include "report/profile_diff.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kNameColumns = 40;
constexpr size_t kFunctionColumns = 44;
constexpr size_t kPlacesShown = 3;
constexpr size_t kStacksShown = 5;
constexpr size_t kSentenceColumns = 118;
constexpr double kWholeNumbers = 10;  // a rate of counts below it has decimals

std::string size_text(double amount) { return duration_text(std::llround(std::min(std::abs(amount), 9e18))); }

std::string change_text(const Change &change) {
  if (size_text(change.amount()) == "0 ns") return "0 ns";
  std::string text = (change.amount() < 0 ? "-" : "+") + size_text(change.amount());
  if (change.before <= 0 || change.after <= 0) return text;
  const double percent = change.amount() / change.before * 100;
  char share[40];
  if (percent >= 900) snprintf(share, sizeof share, " (%.0fx)", change.after / change.before);
  else snprintf(share, sizeof share, std::abs(percent) < 1 ? " (<1 %%)" : " (%+.0f %%)", percent);
  return text + share;
}

std::string rate_text(double count) {
  char text[40];
  snprintf(text, sizeof text, count >= kWholeNumbers || count == std::floor(count) ? "%.0f" : "%.2g", count);
  return text;
}

std::string per_second(const ProfileDiff &diff) { return diff.is_per_second ? " in each watched second" : " in total"; }

std::string lock_sentence(const LockChange &lock) {
  const std::string name = "`" + printable(lock.name) + "`";
  if (lock.is_new) return name + " is new: " + size_text(lock.wait.after) + ".";
  if (lock.is_gone) return name + " is gone: it was " + size_text(lock.wait.before) + ".";
  return name + " got " + (lock.wait.amount() < 0 ? "better" : "worse") + ": " + size_text(lock.wait.before) + " became " + size_text(lock.wait.after) + ".";
}

std::string list_of(const ProfileDiff &diff, bool LockChange::*is_wanted, const char *verb_one, const char *verb_many) {
  constexpr size_t kNames = 5;
  std::string names;
  size_t count = 0;
  for (const LockChange &lock : diff.locks) {
    if (!(lock.*is_wanted) || ++count > kNames) continue;
    names += (names.empty() ? "`" : ", `") + printable(lock.name) + "`";
  }
  if (count == 0 || (count == 1 && diff.locks.front().*is_wanted)) return "";  // the first one was named already
  if (count > kNames) names += " and " + std::to_string(count - kNames) + " more";
  return " " + count_text(count, "lock") + (count == 1 ? verb_one : verb_many) + names + ".";
}

std::string sentence_of(const ProfileDiff &diff) {
  if (diff.is_equal) {
    return diff.locks.empty() ? "Nobody waited for a lock in either profile." : "Nothing changed: both profiles say the same of every lock and every place.";
  }
  const Change &wait = diff.wait;
  std::string text;
  if (size_text(wait.amount()) == "0 ns") {
    text = "All together, threads wait as long as before, " + size_text(wait.after) + per_second(diff) + ".";
  } else {
    text = std::string("Threads wait ") + (wait.amount() < 0 ? "less" : "more") + " now: " + size_text(wait.after) + " instead of " +
           size_text(wait.before) + per_second(diff) + ".";
  }
  if (size_text(diff.locks.front().wait.amount()) == "0 ns") text += " No lock's waits became longer or shorter, but where or how often threads wait changed.";
  else if (diff.locks.size() > 1) text += " Most of all, " + lock_sentence(diff.locks.front());
  else text += " " + lock_sentence(diff.locks.front());
  return text + list_of(diff, &LockChange::is_new, " is new: ", " are new: ") + list_of(diff, &LockChange::is_gone, " is gone: ", " are gone: ");
}

std::string head_text(const std::string &program, const std::string &path, int64_t duration_ns) {
  return printable(program.substr(program.rfind('/') + 1)) + ", " + printable(path) + (duration_ns > 0 ? ", watched " + duration_text(duration_ns) : "");
}

TextTable::Cell places_cell(const LockChange &lock) {
  TextTable::Cell lines;
  for (size_t index = 0; index < lock.places.size() && index < kPlacesShown; ++index) {
    const PlaceChange &place = lock.places[index];
    lines.push_back(change_text(place.wait) + (place.side == Side::kWaiter ? " waits in " : " held by ") +
                    printable(fitted_function_name(place.function, kFunctionColumns) + (place.file.empty() ? "" : " " + place.file)) +
                    (place.mode == "read" ? " reading" : place.mode == "write" ? " writing" : ""));
  }
  return lines;
}

std::string table_of(const ProfileDiff &diff, size_t top) {
  using Align = TextTable::Align;
  const std::string unit = diff.is_per_second ? "/S" : "";
  TextTable table({{"LOCK", Align::kLeft}, {"BEFORE" + unit, Align::kRight}, {"NOW" + unit, Align::kRight}, {"CHANGE" + unit, Align::kRight},
                   {"COUNT" + unit, Align::kRight}, {"MAX", Align::kRight}, {"WHERE", Align::kLeft}});
  for (size_t index = 0; index < diff.locks.size() && (top == 0 || index < top); ++index) {
    const LockChange &lock = diff.locks[index];
    const std::string mark = lock.is_new ? " (new)" : lock.is_gone ? " (gone)" : "";
    table.add_row({wrap_name(printable(lock.name), mark, kNameColumns),
                   {lock.is_new ? "-" : size_text(lock.wait.before)},
                   {lock.is_gone ? "-" : size_text(lock.wait.after)},
                   {change_text(lock.wait)},
                   {rate_text(lock.contentions.before) + " -> " + rate_text(lock.contentions.after)},
                   {(lock.is_new ? "-" : duration_text(lock.max_before_ns)) + " -> " + (lock.is_gone ? "-" : duration_text(lock.max_after_ns))},
                   places_cell(lock)});
  }
  std::string text = table.text();
  if (top != 0 && diff.locks.size() > top) text += count_text(diff.locks.size() - top, "more lock") + ": --top 0 shows all.\n";
  return text;
}

std::string stacks_of_text(const ProfileDiff &diff, size_t top) {
  const size_t shown = top == 0 ? diff.stacks.size() : std::min({top, kStacksShown, diff.stacks.size()});
  if (shown == 0) return "";
  std::string text = "\nThe stacks that changed most, the outermost function first:\n";
  for (size_t index = 0; index < shown; ++index) {
    const StackChange &stack = diff.stacks[index];
    std::string line = change_text(stack.wait) + (stack.stack.side == Side::kWaiter ? " waits for `" : " holds `") + stack.lock() + "`:";
    const char *before = " ";
    for (const std::string_view function : stack.functions()) line += std::exchange(before, " > ") + fitted_function_name(std::string(function), kFunctionColumns);
    text += "  " + printable(line) + "\n";
  }
  return text;
}

}  // namespace

std::string diff_as_text(const ProfileDiff &diff, size_t top) {
  std::string text = "before: " + head_text(diff.before_program, diff.before_path, diff.before_duration_ns) + "\nnow:    " +
                     head_text(diff.after_program, diff.after_path, diff.after_duration_ns) + "\n\n";
  for (const std::string &line : wrap_words(sentence_of(diff), kSentenceColumns)) text += line + "\n";
  if (diff.is_equal) return text;
  return text + "\n" + table_of(diff, top) + stacks_of_text(diff, top);
}

}  // namespace lockwrap::cli
