// A profile in the formats of other tools. Each returns the whole file, or gives it to `out` piece by piece where it may be very large.
#pragma once

#include <optional>
#include <string>

#include "base/output_file.h"
#include "profile/lock_profile.h"
#include "report/lock_report.h"
#include "names/named_profile.h"

namespace lockwrap::cli {

// Gzip'ed pprof, with names as far as they are known. Unlike what `symbolize` writes it is for others' viewers: the innermost function is the one that
// waited or held, not std::mutex::lock, and the comments about single locks are left out. Of one side only if asked: a pprof tool that adds up all
// samples then counts the time once. Uses the profile up.
void export_pprof(NamedProfile &profile, std::optional<Side> side, const OutputSink &out);

// A line "outermost;...;innermost;[LOCK] NANOSECONDS" a stack, the heaviest first: the input of flamegraph.pl and its many heirs.
void export_folded(NamedProfile &profile, Side side, const OutputSink &out);

// gperftools' text form with its own names: a line "NANOSECONDS COUNT @ ADDRESS..." a stack, innermost first, the heaviest first. It has no
// room for the lock, nor for lines of source.
void export_contention(NamedProfile &profile, Side side, const OutputSink &out);

// https://www.speedscope.app/file-format-schema.json: a sampled profile a side; both if none is asked for.
void export_speedscope(NamedProfile &profile, std::optional<Side> side, const OutputSink &out);

// Prometheus' text exposition format. What `report` has hidden is added up under the name kOtherLocks, so that the number of time series
// is bounded and the sums over all locks stay right. `all` is the same report with nothing hidden.
constexpr char kOtherLocks[] = "(other locks)";
std::string export_prometheus(const LockReport &all, size_t shown_rows);

// RFC 4180: comma, CRLF, a heading.
enum class CsvTable { kLocks, kPlaces, kPairs };
std::string export_csv(const LockReport &report, CsvTable table);

}  // namespace lockwrap::cli
