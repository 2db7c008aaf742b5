#include "pictures/finding_json.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

// The whole text is a number, of this base.
bool read_number(std::string_view text, uint64_t &number, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size();
}

// "FUNCTION [0xADDRESS]", "FUNCTION file:line" or "FUNCTION".
Json place_json(const std::string &place) {
  if (place.empty()) return nullptr;
  const size_t space = place.rfind(' ');
  const std::string_view last = space == std::string::npos ? "" : std::string_view(place).substr(space + 1);
  Json json = {{"function", place}, {"file", ""}, {"line", 0}, {"address", nullptr}};
  uint64_t number = 0;
  if (last.size() > 4 && last.substr(0, 3) == "[0x" && last.back() == ']' && read_number(last.substr(3, last.size() - 4), number, 16)) {
    json["address"] = number;
  } else if (const size_t colon = last.rfind(':'); colon != std::string_view::npos && colon > 0 && read_number(last.substr(colon + 1), number)) {
    json["file"] = std::string(last.substr(0, colon));
    json["line"] = number;
  } else {
    return json;
  }
  json["function"] = place.substr(0, space);
  return json;
}

// "104 ms", as duration_text and the runtime write it; null when it was not told.
Json time_json(const std::string &text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = std::string_view(text).substr(static_cast<size_t>(end - text.data()));
  constexpr std::pair<std::string_view, double> kUnits[] = {{" ns", 1}, {" us", 1e3}, {" ms", 1e6}, {" s", 1e9}};
  for (const auto &[name, ns] : kUnits) {
    if (error == std::errc() && unit == name && std::abs(number) < 1e9) return std::llround(number * ns);
  }
  return nullptr;
}

Json text_json(const std::string &text) { return text.empty() ? Json(nullptr) : Json(text); }

Json step_json(const FindingStep &step, bool is_order) {
  Json json = {{"thread", step.thread}, {"does", step.verb}, {"lock", text_json(step.lock)}, {"at", place_json(step.place)}};
  if (is_order) {
    json["has"] = step.other;
    json["has_at"] = place_json(step.had_place);
  } else {
    json["blocked_by"] = step.other;
    if (!step.holder_place.empty()) json["locked_at"] = place_json(step.holder_place);
    json["since_ns"] = time_json(step.since);
    Json holds = Json::array();
    for (const HeldLock &held : step.holds) holds.push_back({{"lock", held.lock}, {"at", place_json(held.place)}});
    json["holds"] = std::move(holds);
  }
  Json callers = Json::array();
  for (const std::string &caller : step.callers) callers.push_back(place_json(caller));
  json["callers"] = std::move(callers);
  return json;
}

}  // namespace

std::string findings_as_json(const std::vector<Finding> &findings) {
  Json list = Json::array();
  for (const Finding &finding : findings) {
    Json steps = Json::array();
    for (const FindingStep &step : finding.steps) steps.push_back(step_json(step, finding.kind == "lock-order"));
    list.push_back({{"kind", finding.kind},
                    {"headline", finding.headline},
                    {"advice", text_json(finding.advice)},
                    {"steps", std::move(steps)},
                    {"more_at_same_places", finding.untold.findings != 0 ? Json(finding.untold.times) : Json(nullptr)},
                    {"more_is_of_findings", finding.untold.findings},
                    {"text", finding.text}});
  }
  const Json json = {{"version", kFindingJsonVersion}, {"findings", std::move(list)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockwrap::cli
