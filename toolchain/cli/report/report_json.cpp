// Ordered JSON, so that two reports can be compared line by line. What is no UTF-8 in a name is replaced.
#include "report/report_json.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "report/lock_pattern.h"

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

Json place_json(const Place &place) {
  return {{"function", place.function}, {"file", place.file}, {"line", place.line}};
}

template <typename Number>
Json json_of(const std::optional<Number> &number) {
  return number ? Json(*number) : Json(nullptr);
}

Json hold_times_json(const HoldTimes &holds) {
  return {{"count", holds.holds}, {"mean_ns", holds.mean_ns()}, {"p99_ns", json_of(holds.p99_ns())}, {"max_ns", holds.max_hold_ns},
          {"blocked_share", json_of(holds.blocked_share())}};
}

Json places_json(const std::vector<PlaceTotal> &totals) {
  Json list = Json::array();
  for (const PlaceTotal &total : totals) {
    Json entry = place_json(total.place);
    if (!total.mode.empty()) entry["mode"] = total.mode;
    entry["wait_ns"] = total.wait_ns;
    entry["contentions"] = total.contentions;
    if (total.holds.holds > 0) entry["holds"] = hold_times_json(total.holds);
    list.push_back(std::move(entry));
  }
  return list;
}

Json pairs_json(const std::vector<PairTotal> &pairs) {
  Json list = Json::array();
  for (const PairTotal &pair : pairs) {
    list.push_back({{"waits_at", place_json(pair.waits_at)},
                    {"blocked_by", place_json(pair.blocked_by)},
                    {"wait_ns", pair.wait_ns},
                    {"contentions", pair.contentions}});
  }
  return list;
}

Json histogram_json(const std::map<int, int64_t> &histogram) {
  Json list = Json::array();
  for (const auto &[bucket, count] : histogram) {
    const uint64_t from_ns = bucket == 0 ? 0 : uint64_t{1} << bucket;
    const uint64_t to_ns = bucket == 63 ? std::numeric_limits<uint64_t>::max() : uint64_t{2} << bucket;
    list.push_back({{"from_ns", from_ns}, {"below_ns", to_ns}, {"count", count}});
  }
  return list;
}

Json row_json(const LockRow &row, int64_t duration_ns) {
  const LockShape shape = shape_of(row, duration_ns);
  return {{"lock", row.name},
          {"kind", row.kind},
          {"pattern", pattern_name(shape.pattern)},
          {"instances", row.instances},
          {"contentions", row.contentions},
          {"read_contentions", row.read_contentions},
          {"wait_ns", row.wait_ns},
          {"max_wait_ns", row.max_wait_ns},
          {"max_wait_is_bound", row.is_max_a_bound},
          {"p99_wait_ns", json_of(shape.p99_wait_ns)},
          {"waiting_threads", shape.waiting_threads},
          {"blamed_ns", row.blamed_ns},
          {"unattributed_ns", row.unattributed_ns},
          {"holds", hold_times_json(row.hold_times)},
          {"waits_in", places_json(row.waits_in)},
          {"held_by", places_json(row.held_by)},
          {"pairs", pairs_json(row.pairs)},
          {"histogram", histogram_json(row.histogram)}};
}

Json report_json(const LockReport &report) {
  Json locks = Json::array();
  for (const LockRow &row : report.rows) locks.push_back(row_json(row, report.duration_ns));
  return {{"version", kReportJsonVersion},
          {"program", report.program},
          {"pid", report.pid},
          {"files", report.files},
          {"duration_ns", report.duration_ns},
          {"locks", std::move(locks)},
          {"hidden_locks", report.hidden_rows},
          {"dropped", report.dropped}};
}

}  // namespace

std::string report_as_json(const LockReport &report) { return report_json(report).dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string interval_as_json(const LockReport &report, bool is_since_start) {
  Json json = report_json(report);
  json["since_start"] = is_since_start;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockwrap::cli
