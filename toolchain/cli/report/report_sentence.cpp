#include "report/report_sentence.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/duration_text.h"
#include "report/lock_pattern.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr size_t kFunctionColumns = 80;
constexpr int64_t kLargeShareDivisor = 4;
constexpr size_t kMostReadings = 5;
constexpr int64_t kSmallShareDivisor = 20;
constexpr double kMuch = 1.1;               // times as long: worth a figure more
constexpr int64_t kShortHoldDivisor = 8;    // of the mean wait: a queue of some such holds does not explain it

std::string place_text(const Place &place) {
  const std::string where = short_file_and_line(place);
  Place function_only = place;
  function_only.file.clear();
  const std::string function = short_place(function_only, kFunctionColumns);
  return printable(where.empty() ? function : function + " (" + where + ")");
}

std::string lock_text(const LockRow &row) {
  const std::string name = "`" + printable(row.name) + "`";
  if (row.instances <= 1) return name;
  return row.is_one_a_process ? name + " (" + instances_text(row) + ")" : "the " + count_text(row.instances, "lock") + " " + name;
}

std::string unattributed_text(const LockRow &row) {
  return "For " + share_text(row.unattributed_ns, whole_wait(row)) +
         " of the time no holder was seen: the lock was already free and the woken thread did not run yet, or code that "
         "lockwrap does not see held it.";
}

bool is_mostly_unattributed(const LockRow &row) { return row.unattributed_ns > whole_wait(row) / 2; }

bool differs_much(int64_t larger_ns, int64_t smaller_ns) { return static_cast<double>(larger_ns) > kMuch * static_cast<double>(smaller_ns); }

// Most holds are much too short to make anybody wait so long as threads do: it is the longest ones.
bool is_mean_misleading(const HoldTimes &holds, int64_t mean_wait_ns) {
  return holds.mean_ns() < mean_wait_ns / kShortHoldDivisor && holds.max_hold_ns >= mean_wait_ns / 2;
}

// How long such holds are: what the mean leaves unsaid is added, and comes first where it is what matters.
std::string hold_times_text(const LockRow &row, const PlaceTotal &holder) {
  const HoldTimes &holds = holder.holds;
  if (holds.holds == 0) return "";
  if (holder.contentions == 1 && holds.holds == 1) return ", once, " + duration_text(holds.mean_ns());
  const std::string mean = duration_text(holds.mean_ns()), longest = duration_text(holds.max_hold_ns);
  std::string p99;
  if (const auto p99_ns = holds.p99_ns(); p99_ns && differs_much(holds.max_hold_ns, *p99_ns)) p99 = ", 99 % of its holds at most " + duration_text(*p99_ns);
  const int64_t mean_wait_ns = row.contentions > 0 ? row.wait_ns / row.contentions : 0;
  if (is_mean_misleading(holds, mean_wait_ns)) return ", up to " + longest + " at a time (" + mean + " on average" + p99 + ")";
  std::string text = ", " + mean + " at a time on average" + p99;
  if (differs_much(holds.max_hold_ns, holds.mean_ns())) text += ", " + longest + " at most";
  return text;
}

std::string holder_text(const LockRow &row, const char *pronoun) {
  const PlaceTotal &top = row.held_by.front();
  std::string text = share_text(top.wait_ns, whole_wait(row)) + " of it while " + place_text(top.place) + " held " + pronoun +
                     hold_times_text(row, top) + ".";
  if (is_mostly_unattributed(row) || top.wait_ns < whole_wait(row) / kLargeShareDivisor) return text;
  const bool is_same = !row.waits_in.empty() && row.waits_in.front().place.function == top.place.function;
  text += is_same ? " The same function waits and holds: hold the lock shorter there, or split it so that fewer threads share it."
                  : " Look there first: shorten that hold.";
  return text;
}

std::string who_and_whom(const LockRow &row, Side side) {
  const char *pronoun = row.instances > 1 && !row.is_one_a_process ? "one" : "it";
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
  return text;
}

std::string number_text(double number) {
  char text[32];
  snprintf(text, sizeof text, number < 0.095 ? "%.2f" : "%.1f", number);
  return text;
}

// What it costs: how long a wait takes, and how many threads do nothing else.
std::string cost_text(const LockRow &row, const LockShape &shape) {
  std::string text = count_text(static_cast<uint64_t>(row.contentions), "wait") + ": " + duration_text(shape.mean_wait_ns);
  if (row.contentions != 1) {
    text += " on average";
    if (shape.p99_wait_ns && *shape.p99_wait_ns < row.max_wait_ns) text += ", 99 % of them at most " + duration_text(*shape.p99_wait_ns);
    text += ", the longest " + duration_text(row.max_wait_ns);
  }
  if (shape.waiting_threads >= 0.005) text += "; on average " + number_text(shape.waiting_threads) + " threads wait for it at any time";
  return text + ".";
}

std::string share_of(const HoldTimes &holds) { return share_text(holds.blocked_ns, holds.looked_ns); }

std::string advice_text(const LockRow &row, const LockShape &shape) {
  const std::string each = duration_text(shape.blamed_ns_a_hold);
  switch (shape.pattern) {
    case LockPattern::kOneHog:
      return "One hog: each of its holds that is waited for costs the others " + each +
             ". What usually helps: do the slow part, I/O or a copy, outside the lock (lockwrap_guard finds blocking calls inside it).";
    case LockPattern::kConvoy:
      return "A convoy: several threads at once queue behind each such hold, which costs them " + each +
             " together. What usually helps: do the slow part outside the lock, or give each thread its own part of what it protects.";
    case LockPattern::kManyShortHolds:
      return "Many short holds: it is taken so often that passing it on is what costs; shorter holds help little. What usually helps: take it "
             "less often (in batches), split it, or let fewer threads than processors share it.";
    case LockPattern::kReadersDelayWriters:
      return std::string("Readers delay writers") +
             (shape.holder_sleeps ? ", and sleep while they hold it (" + share_of(row.held_by.front().holds) +
                                        " of the time). What usually helps: sleep, or wait for I/O, outside the lock (lockwrap_guard finds such calls inside it), "
                                  : ". What usually helps: shorter reads, ") +
             "or a copy that readers use without the lock; a lock that prefers writers moves the waiting to the readers.";
    case LockPattern::kWritersDelayReaders:
      return "A writer delays readers, " + each + " a hold. What usually helps: prepare the new state outside the lock and only swap it in.";
    case LockPattern::kBlockedHolder:
      return "Held across a blocking call: the holder sleeps for " + share_of(row.held_by.front().holds) +
             " of the time that it has the lock (I/O, a sleep, a wait for something else). What usually helps: do that outside the lock "
             "(lockwrap_guard finds such calls inside it).";
    case LockPattern::kAllocator:
      return "A lock of the allocator. What usually helps: allocate less where it waits, give threads caches (jemalloc: tcache, more arenas by "
             "narenas), or free in the thread that allocated.";
    case LockPattern::kUnclear: break;
  }
  if (!is_mostly_unattributed(row)) return "";
  return "Who holds it is not seen: look for code that takes it without lockwrap, a shared library, or for too few processors.";
}

}  // namespace

std::vector<std::string> readings_of(const LockReport &report, Side side) {
  std::vector<std::string> readings;
  for (const LockRow &row : report.rows) {
    const int64_t row_ns = side == Side::kHolder ? row.blamed_ns : row.wait_ns;
    if (!readings.empty() && (readings.size() == kMostReadings || row_ns < report.wait_ns / kSmallShareDivisor)) break;
    const LockShape shape = shape_of(row, report.duration_ns);
    const std::string advice = advice_text(row, shape);
    readings.push_back(who_and_whom(row, side) + " " + cost_text(row, shape) + (advice.empty() ? "" : " " + advice));
  }
  return readings;
}

std::string dropped_sentence(const LockReport &report) {
  // Where a larger memory_limit_mb does not help.
  static constexpr std::pair<std::string_view, const char *> kOtherReasons[] = {
      {"frames", "stacks cut short, deeper than 128 frames"},
      {"held", "locks taken by threads that hold more than lockwrap has a list for"},
      {"nested", "waits in signal handlers that interrupted another wait or release"},
      {"threads", "calls of threads beyond the number that can be watched"},
      {"timeline", "events of threads beyond those that have a timeline"},
  };
  std::string full, others;
  for (const auto &[what, count] : report.dropped) {
    if (count == 0) continue;
    const auto reason = std::ranges::find(kOtherReasons, what, &std::pair<std::string_view, const char *>::first);
    std::string &list = reason == std::end(kOtherReasons) ? full : others;
    list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + (reason == std::end(kOtherReasons) ? printable(what) : reason->second);
  }
  std::string text;
  if (!full.empty()) text = "Dropped: " + full + ". The tables of lockwrap were full; a larger LOCKWRAP_OPTIONS=memory_limit_mb=... keeps them.";
  if (!others.empty()) text += (text.empty() ? "Dropped: " : " Also dropped: ") + others + ".";
  return text;
}

int64_t whole_wait(const LockRow &row) {
  int64_t held_ns = 0;
  for (const PlaceTotal &total : row.held_by) held_ns = add_saturated(held_ns, total.wait_ns);
  return std::max(row.wait_ns, held_ns);
}

bool has_large_unattributed_share(const LockRow &row) {
  return row.unattributed_ns > whole_wait(row) / kLargeShareDivisor;
}

}  // namespace lockwrap::cli
