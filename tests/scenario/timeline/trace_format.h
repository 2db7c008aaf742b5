// Whether a trace keeps to Chrome's trace event format, as far as `lockwrap export --format=perfetto` uses it: the fields that each phase
// must have, slices of a track that lie within each other or apart, arrows that come in pairs and are bound to slices.
// Source: "Trace Event Format", https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace trace_format {

using Json = nlohmann::json;
using Track = std::pair<int64_t, int64_t>;  // process, thread

inline bool has_text(const Json& object, const char* key) { return object.contains(key) && object[key].is_string(); }
inline bool has_time(const Json& object, const char* key) { return object.contains(key) && object[key].is_number() && object[key].get<double>() >= 0; }
inline bool has_integer(const Json& object, const char* key) { return object.contains(key) && object[key].is_number_integer(); }

// "" or what is wrong with a metadata event.
inline std::string metadata_mistake(const Json& event) {
  static const std::map<std::string, const char*> kArguments = {
      {"process_name", "name"}, {"process_labels", "labels"}, {"thread_name", "name"}, {"process_sort_index", "sort_index"}, {"thread_sort_index", "sort_index"}};
  const auto argument = kArguments.find(event["name"].get<std::string>());
  if (argument == kArguments.end()) return "unknown metadata";
  if (!event.contains("args") || !event["args"].is_object()) return "metadata without args";
  const bool is_index = std::string(argument->second) == "sort_index";
  return (is_index ? has_integer(event["args"], argument->second) : has_text(event["args"], argument->second)) ? "" : "metadata without its argument";
}

inline std::string event_mistake(const Json& event) {
  if (!event.is_object() || !has_text(event, "ph") || !has_text(event, "name") || event["name"].get<std::string>().empty()) return "no ph or no name";
  if (!has_integer(event, "pid") || !has_integer(event, "tid")) return "no pid or tid that is an integer";
  const std::string phase = event["ph"];
  if (phase == "M") return metadata_mistake(event);
  if (!has_time(event, "ts")) return "no ts";
  if (!has_text(event, "cat")) return "no cat";
  if (event.contains("args") && !event["args"].is_object()) return "args that are no object";
  if (phase == "X") return has_time(event, "dur") ? "" : "a complete event without dur";
  if (phase != "s" && phase != "f") return "a phase that we do not use";
  if (!has_integer(event, "id") && !has_text(event, "id")) return "a flow event without id";
  if (phase == "f" && (!has_text(event, "bp") || event["bp"] != "e")) return "a flow end that is bound to the next slice";
  return "";
}

// In whole nanoseconds: sums of microseconds are not exact.
struct Slice {
  int64_t begin, end;
};

inline int64_t nanoseconds(const Json& microseconds) { return std::llround(microseconds.get<double>() * 1000); }

inline std::string nesting_mistake(std::vector<Slice>& slices) {
  std::sort(slices.begin(), slices.end(), [](const Slice& left, const Slice& right) { return left.begin != right.begin ? left.begin < right.begin : left.end > right.end; });
  std::vector<int64_t> open;
  for (const Slice& slice : slices) {
    while (!open.empty() && open.back() <= slice.begin) open.pop_back();
    if (!open.empty() && open.back() < slice.end) return "slices that cross each other at " + std::to_string(slice.begin) + " ns";
    open.push_back(slice.end);
  }
  return "";
}

// "" or the first mistake, with the event.
inline std::string find_mistake(const Json& trace) {
  if (!trace.is_object() || !trace.contains("traceEvents") || !trace["traceEvents"].is_array()) return "no traceEvents";
  if (!has_text(trace, "displayTimeUnit") || (trace["displayTimeUnit"] != "ns" && trace["displayTimeUnit"] != "ms")) return "no displayTimeUnit";
  std::map<Track, std::vector<Slice>> slices;
  std::set<Track> named;
  using FlowId = std::pair<std::string, std::string>;  // category and name, id
  std::map<FlowId, std::vector<const Json*>> flows;
  for (const Json& event : trace["traceEvents"]) {
    const std::string mistake = event_mistake(event);
    if (!mistake.empty()) return mistake + ": " + event.dump();
    const Track track{event["pid"].get<int64_t>(), event["tid"].get<int64_t>()};
    const std::string phase = event["ph"];
    if (phase == "X") slices[track].push_back({nanoseconds(event["ts"]), nanoseconds(event["ts"]) + nanoseconds(event["dur"])});
    if (phase == "M" && event["name"] == "thread_name") named.insert(track);
    if (phase == "s" || phase == "f") flows[{event["cat"].get<std::string>() + "/" + event["name"].get<std::string>(), event["id"].dump()}].push_back(&event);
  }
  for (auto& [track, list] : slices) {
    if (named.count(track) == 0) return "a track without a name: " + std::to_string(track.second);
    const std::string mistake = nesting_mistake(list);
    if (!mistake.empty()) return mistake;
  }
  for (const auto& [id, ends] : flows) {
    if (ends.size() != 2 || (*ends[0])["ph"] == (*ends[1])["ph"]) return "a flow without exactly a start and an end: " + id.second;
    const Json& start = *ends[(*ends[0])["ph"] == "s" ? 0 : 1];
    const Json& end = *ends[(*ends[0])["ph"] == "s" ? 1 : 0];
    if (nanoseconds(start["ts"]) > nanoseconds(end["ts"])) return "a flow that ends before it starts: " + id.second;
    for (const Json* one : ends) {
      const int64_t time = nanoseconds((*one)["ts"]);
      const auto& list = slices[{(*one)["pid"].get<int64_t>(), (*one)["tid"].get<int64_t>()}];
      if (std::none_of(list.begin(), list.end(), [&](const Slice& slice) { return slice.begin <= time && time <= slice.end; })) return "a flow event outside of all slices: " + one->dump();
    }
  }
  return "";
}

}  // namespace trace_format
