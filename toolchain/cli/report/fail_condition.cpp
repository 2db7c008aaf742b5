// A condition is taken apart from its end, because the name of a lock may hold anything: dots, spaces, "->" and "<...>".
#include "report/fail_condition.h"

#include <charconv>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>

#include "base/duration_text.h"
#include "base/error.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kLocksNamed = 5;

[[noreturn]] void refuse(const std::string &text, const std::string &why) {
  throw CommandError("--fail-on '" + printable(text) + "': " + why + "; " + kConditionGrammar);
}

std::string trimmed(const std::string &text) {
  const size_t start = text.find_first_not_of(" \t");
  return start == std::string::npos ? "" : text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

bool is_time(Quantity quantity) { return quantity == Quantity::kWait || quantity == Quantity::kWaitPerSecond || quantity == Quantity::kMaximum; }

Quantity parse_quantity(const std::string &text, const std::string &name) {
  static const std::map<std::string, Quantity> quantities = {{"wait", Quantity::kWait},
                                                             {"wait_per_second", Quantity::kWaitPerSecond},
                                                             {"count", Quantity::kCount},
                                                             {"count_per_second", Quantity::kCountPerSecond},
                                                             {"max", Quantity::kMaximum}};
  const auto entry = quantities.find(name);
  if (entry == quantities.end()) refuse(text, "'" + printable(name) + "' is no quantity");
  return entry->second;
}

void parse_amount(FailCondition &condition, const std::string &amount, ConditionUse use) {
  static const std::map<std::string, double> units = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}};
  const char *start = amount.data(), *end = start + amount.size();
  const auto [rest, error] = std::from_chars(start, end, condition.number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(condition.number)) refuse(condition.text, "'" + printable(amount) + "' is no number");
  const std::string unit = trimmed(std::string(rest, end));
  if (unit == "%") {
    condition.is_percent = true;
    const bool has_share = condition.quantity == Quantity::kWait || condition.quantity == Quantity::kMaximum;
    if (use == ConditionUse::kReport && !has_share) refuse(condition.text, "only wait and max can be a share of the watched time");
    return;
  }
  if (!is_time(condition.quantity)) {
    if (!unit.empty()) refuse(condition.text, "a count has no unit '" + printable(unit) + "'");
    return;
  }
  const auto entry = units.find(unit);
  if (entry == units.end() && (!unit.empty() || condition.number != 0)) {
    refuse(condition.text, unit.empty() ? "a time needs a unit" : "'" + printable(unit) + "' is no unit");
  }
  if (entry != units.end()) condition.number *= entry->second;
}

FailCondition parse_condition(const std::string &text, ConditionUse use) {
  FailCondition condition;
  condition.text = text;
  const size_t last = text.find_last_of("<>");
  if (last == std::string::npos) refuse(text, "it has no > and no <");
  const bool has_equals = last + 1 < text.size() && text[last + 1] == '=';
  const bool is_greater = text[last] == '>';
  condition.comparison = is_greater ? (has_equals ? Comparison::kGreaterOrEqual : Comparison::kGreater)
                                    : (has_equals ? Comparison::kLessOrEqual : Comparison::kLess);
  std::string name = trimmed(text.substr(0, last));
  if (name.rfind("lock:", 0) == 0) {
    const size_t dot = name.rfind('.');
    if (dot == std::string::npos || dot == 5) refuse(text, "after lock: come a name, a dot and a quantity");
    condition.lock = name.substr(5, dot - 5);
    name = name.substr(dot + 1);
  }
  condition.quantity = parse_quantity(text, name);
  parse_amount(condition, trimmed(text.substr(last + 1 + (has_equals ? 1 : 0))), use);
  return condition;
}

struct Amounts {
  int64_t wait_ns = 0;
  int64_t contentions = 0;
  int64_t max_wait_ns = 0;
};

Amounts amounts_of(const LockReport &report, const std::optional<std::string> &lock) {
  Amounts amounts;
  for (const LockRow &row : report.rows) {
    if (lock && row.name != *lock) continue;
    amounts.wait_ns = add_saturated(amounts.wait_ns, row.wait_ns);
    amounts.contentions = add_saturated(amounts.contentions, row.contentions);
    amounts.max_wait_ns = std::max(amounts.max_wait_ns, row.max_wait_ns);
  }
  return amounts;
}

double value_of(const LockReport &report, const FailCondition &condition, bool is_per_second) {
  const Amounts amounts = amounts_of(report, condition.lock);
  const double watched_s = static_cast<double>(report.duration_ns) / 1e9;
  const auto rate = [&](int64_t amount) { return static_cast<double>(amount) / watched_s; };
  switch (condition.quantity) {
    case Quantity::kWait: return is_per_second ? rate(amounts.wait_ns) : static_cast<double>(amounts.wait_ns);
    case Quantity::kCount: return is_per_second ? rate(amounts.contentions) : static_cast<double>(amounts.contentions);
    case Quantity::kWaitPerSecond: return rate(amounts.wait_ns);
    case Quantity::kCountPerSecond: return rate(amounts.contentions);
    case Quantity::kMaximum: break;
  }
  return static_cast<double>(amounts.max_wait_ns);
}

bool holds(const FailCondition &condition, double value) {
  switch (condition.comparison) {
    case Comparison::kGreater: return value > condition.number;
    case Comparison::kGreaterOrEqual: return value >= condition.number;
    case Comparison::kLess: return value < condition.number;
    case Comparison::kLessOrEqual: break;
  }
  return value <= condition.number;
}

std::string number_text(double number) {
  char text[40];
  snprintf(text, sizeof text, "%.4g", number);
  return text;
}

std::string value_text(const FailCondition &condition, double value, bool is_per_second) {
  const bool is_rate = condition.quantity == Quantity::kWaitPerSecond || condition.quantity == Quantity::kCountPerSecond ||
                       (is_per_second && condition.quantity != Quantity::kMaximum);
  const std::string sign = value < 0 ? "-" : "";
  const double size = std::min(std::abs(value), 9e18);
  return sign + (is_time(condition.quantity) ? duration_text(std::llround(size)) : number_text(size)) + (is_rate ? " per second" : "");
}

bool needs_watched_time(const FailCondition &condition) {
  return condition.is_percent || condition.quantity == Quantity::kWaitPerSecond || condition.quantity == Quantity::kCountPerSecond;
}

}  // namespace

std::vector<FailCondition> parse_conditions(const std::vector<std::string> &texts, ConditionUse use) {
  std::vector<FailCondition> conditions;
  for (const std::string &text : texts) conditions.push_back(parse_condition(text, use));
  return conditions;
}

std::vector<std::string> holding_conditions(const std::vector<FailCondition> &conditions, const LockReport &report, const std::string &path) {
  std::vector<std::string> sentences;
  for (const FailCondition &condition : conditions) {
    if (needs_watched_time(condition) && report.duration_ns <= 0) {
      throw file_error(path, "does not say how long the program was watched, which '" + printable(condition.text) + "' needs; ask for a sum, like wait>1s");
    }
    const double value = value_of(report, condition, false);
    const double share = value / static_cast<double>(report.duration_ns) * 100;
    if (!holds(condition, condition.is_percent ? share : value)) continue;
    sentences.push_back(path + ": " + printable(condition.text) + " holds: it is " +
                        (condition.is_percent ? number_text(share) + " % (" + value_text(condition, value, false) + " in " + duration_text(report.duration_ns) + ")"
                                              : value_text(condition, value, false)));
  }
  return sentences;
}

std::vector<std::string> holding_conditions(const std::vector<FailCondition> &conditions, const LockReport &before, const LockReport &after,
                                            bool is_per_second) {
  std::vector<std::string> sentences;
  for (const FailCondition &condition : conditions) {
    const bool is_rate = condition.quantity == Quantity::kWaitPerSecond || condition.quantity == Quantity::kCountPerSecond;
    if (is_rate && (before.duration_ns <= 0 || after.duration_ns <= 0)) {
      throw CommandError("'" + printable(condition.text) + "' needs to know how long the programs were watched, and one of the profiles does not say it; ask for a sum, like wait>1s");
    }
    const double from = value_of(before, condition, is_per_second), to = value_of(after, condition, is_per_second);
    double change = to - from;
    if (condition.is_percent) change = from != 0 ? change / from * 100 : to > 0 ? std::numeric_limits<double>::infinity() : 0;
    if (!holds(condition, change)) continue;
    std::string how = value_text(condition, from, is_per_second) + " became " + value_text(condition, to, is_per_second);
    if (std::isfinite(change) && condition.is_percent) how += " (" + std::string(change > 0 ? "+" : "") + number_text(change) + " %)";
    sentences.push_back(printable(condition.text) + " holds: " + how);
  }
  return sentences;
}

void warn_of_unknown_locks(const std::vector<FailCondition> &conditions, const std::set<std::string> &lock_names, const std::string &path) {
  if (lock_names.empty()) return;
  std::string list;
  size_t count = 0;
  for (const std::string &name : lock_names) {
    if (++count <= kLocksNamed) list += (list.empty() ? "" : ", ") + printable(name);
  }
  if (count > kLocksNamed) list += ", ...";
  for (const FailCondition &condition : conditions) {
    if (!condition.lock || lock_names.count(*condition.lock) != 0) continue;
    std::cerr << "lockwrap: warning: --fail-on '" << printable(condition.text) << "' is about a lock that is not in " << path << "; there are: " << list << "\n";
  }
}

int tell_holding_conditions(const std::vector<std::string> &sentences) {
  for (const std::string &sentence : sentences) std::cerr << "lockwrap: " << sentence << "\n";
  return sentences.empty() ? kExitFine : kExitFindings;
}

}  // namespace lockwrap::cli
