// Speedscope draws each side as a profile of its own, between which its user switches. The lock is the innermost frame, so that "sandwich"
// shows who waits for it.
#include <map>
#include <nlohmann/json.hpp>

#include "export/export_formats.h"
#include "report/lock_stacks.h"

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

class FrameTable {
 public:
  size_t index_of(const StackFrame &frame) {
    const auto [entry, is_new] = indexes_.try_emplace(frame, list_.size());
    if (is_new) {
      Json json = {{"name", frame.function}};
      if (!frame.file.empty()) json["file"] = frame.file;
      if (frame.line > 0) json["line"] = frame.line;
      list_.push_back(std::move(json));
    }
    return entry->second;
  }
  Json take() { return std::move(list_); }

 private:
  std::map<StackFrame, size_t> indexes_;
  Json list_ = Json::array();
};

Json side_json(NamedProfile &profile, Side side, FrameTable &frames) {
  Json samples = Json::array(), weights = Json::array();
  int64_t total_ns = 0;
  for (const LockStack &stack : stacks_of(profile, side)) {
    if (stack.wait_ns <= 0) continue;
    Json sample = Json::array();
    for (auto frame = stack.frames.rbegin(); frame != stack.frames.rend(); ++frame) sample.push_back(frames.index_of(*frame));
    sample.push_back(frames.index_of({"[" + stack.lock + "]", "", 0}));
    samples.push_back(std::move(sample));
    weights.push_back(stack.wait_ns);
    total_ns = add_saturated(total_ns, stack.wait_ns);
  }
  return {{"type", "sampled"},
          {"name", side == Side::kWaiter ? "waiter: where threads waited" : "holder: who made them wait"},
          {"unit", "nanoseconds"},
          {"startValue", 0},
          {"endValue", total_ns},
          {"samples", std::move(samples)},
          {"weights", std::move(weights)}};
}

}  // namespace

std::string export_speedscope(NamedProfile &profile, std::optional<Side> side) {
  FrameTable frames;
  Json profiles = Json::array();
  for (const Side each : {Side::kWaiter, Side::kHolder}) {
    if (!side || *side == each) profiles.push_back(side_json(profile, each, frames));
  }
  const std::string &program = profile.locks().program;
  const Json json = {{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                     {"exporter", "lockwrap " LOCKWRAP_VERSION},
                     {"name", program.substr(program.rfind('/') + 1)},
                     {"activeProfileIndex", 0},
                     {"shared", {{"frames", frames.take()}}},
                     {"profiles", std::move(profiles)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lockwrap::cli
