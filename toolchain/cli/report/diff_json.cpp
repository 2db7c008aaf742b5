// Ordered like the table; whole, whatever the table shows.
#include <nlohmann/json.hpp>
#include <utility>

#include "report/profile_diff.h"
#include "report/report_json.h"

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndent = 2, kOneLine = -1;  // dump()'s

std::string text_of(const Json &json, int indent) { return json.dump(indent, ' ', false, Json::error_handler_t::replace); }

const char *side_text(Side side) { return side == Side::kWaiter ? "waiter" : "holder"; }

Json change_json(const Change &change) { return {{"before", change.before}, {"after", change.after}, {"change", change.amount()}}; }

Json lock_json(const LockChange &lock) {
  Json places = Json::array();
  for (const PlaceChange &place : lock.places) {
    Json entry = {{"side", side_text(place.side)}, {"function", place.function}, {"file", place.file}};
    if (!place.mode.empty()) entry["mode"] = place.mode;
    entry["wait_ns"] = change_json(place.wait);
    places.push_back(std::move(entry));
  }
  return {{"lock", lock.name},
          {"kind", lock.kind},
          {"state", lock.is_new ? "new" : lock.is_gone ? "gone" : "both"},
          {"wait_ns", change_json(lock.wait)},
          {"contentions", change_json(lock.contentions)},
          {"max_wait_ns", {{"before", lock.max_before_ns}, {"after", lock.max_after_ns}, {"change", lock.max_after_ns - lock.max_before_ns}}},
          {"places", std::move(places)}};
}

}  // namespace

void diff_as_json(const ProfileDiff &diff, const OutputSink &out) {
  Json locks = Json::array();
  for (const LockChange &lock : diff.locks) locks.push_back(lock_json(lock));
  const Json json = {{"version", kReportJsonVersion},
                     {"before", {{"file", diff.before_path}, {"program", diff.before_program}, {"duration_ns", diff.before_duration_ns}}},
                     {"after", {{"file", diff.after_path}, {"program", diff.after_program}, {"duration_ns", diff.after_duration_ns}}},
                     {"per_second", diff.is_per_second},
                     {"equal", diff.is_equal},
                     {"wait_ns", change_json(diff.wait)},
                     {"contentions", change_json(diff.contentions)},
                     {"locks", std::move(locks)}};
  std::string text = text_of(json, kIndent);
  text.erase(text.rfind('\n'));  // its closing brace: the stacks come one by one, a line each
  out(text + ",\n  \"stacks\": [");
  const char *before = "\n    ";
  for (const StackChange &stack : diff.stacks) {
    out(std::exchange(before, ",\n    ") + text_of({{"side", side_text(stack.stack.side)}, {"lock", stack.lock()}, {"functions", stack.functions()}, {"wait_ns", change_json(stack.wait)}}, kOneLine));
  }
  out(diff.stacks.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

}  // namespace lockwrap::cli
