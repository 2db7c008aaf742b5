// The conditions of --fail-on, with which a build server lets a job fail: `wait>5%`, `lock:accounts.max>=10ms`.
//
//   CONDITION: QUANTITY OP NUMBER[UNIT]
//   QUANTITY:  wait | wait_per_second | count | count_per_second | max | lock:NAME.QUANTITY
//   OP:        > >= < <=
//   UNIT:      ns us ms s m h for times, none for counts, or %
//
// In a report, % is a share of the watched time: `wait>5%` holds when all threads together waited more than 3 s in a minute. In a
// diff, everything is about the change from the first to the second profile: `wait>5%` holds when the waited time grew by more
// than 5 %, `wait<-1ms` when it shrank by more than 1 ms. There `wait` and `count` are those of a watched second, unless the diff is
// one of sums. A lock that a profile does not have counts as never waited for; what was nothing before has grown beyond any per cent.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "report/lock_report.h"

namespace lockwrap::cli {

constexpr char kConditionGrammar[] =
    "CONDITION is QUANTITY OP NUMBER[UNIT]: wait, wait_per_second, count, count_per_second, max or lock:NAME.wait and so on; > >= < <=; "
    "ns us ms s m h or %; for example wait>5% or lock:accounts.max>10ms";

enum class ConditionUse { kReport, kDiff };
enum class Quantity { kWait, kWaitPerSecond, kCount, kCountPerSecond, kMaximum };
enum class Comparison { kGreater, kGreaterOrEqual, kLess, kLessOrEqual };

struct FailCondition {
  std::string text;                 // as it was written
  std::optional<std::string> lock;  // none: all locks
  Quantity quantity = Quantity::kWait;
  Comparison comparison = Comparison::kGreater;
  double number = 0;  // times in ns
  bool is_percent = false;
};

// CommandError with the grammar: malformed, or of no sense for this use.
std::vector<FailCondition> parse_conditions(const std::vector<std::string> &texts, ConditionUse use);

// A sentence for each condition that holds. `report` must hide no row. CommandError: the question needs the watched time, and the file
// `path` does not say it.
std::vector<std::string> holding_conditions(const std::vector<FailCondition> &conditions, const LockReport &report, const std::string &path);

// The same for the change from `before` to `after`; `is_per_second` as in ProfileDiff.
std::vector<std::string> holding_conditions(const std::vector<FailCondition> &conditions, const LockReport &before, const LockReport &after,
                                            bool is_per_second);

// A lock that a condition names and that is not among `lock_names` is told on stderr: a condition about it holds never, or always, and after the
// lock got another name nobody would notice. Nothing is told when there are no names at all. `path`: whose these are.
void warn_of_unknown_locks(const std::vector<FailCondition> &conditions, const std::set<std::string> &lock_names, const std::string &path);

// Says the sentences on stderr. Returns the exit status.
int tell_holding_conditions(const std::vector<std::string> &sentences);

}  // namespace lockwrap::cli
