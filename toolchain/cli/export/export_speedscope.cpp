// Speedscope draws each side as a profile of its own, between which its user switches. The lock is the innermost frame, so that "sandwich"
// shows who waits for it.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "export/export_formats.h"
#include "report/lock_stacks.h"

namespace lockwrap::cli {
namespace {

using Json = nlohmann::ordered_json;

class FrameTable {
 public:
  uint32_t index_of(const StackFrame &frame) {
    if (frame.number >= indexes_.size()) indexes_.resize(std::max<size_t>(frame.number + 1, indexes_.size() * 2), kNone);
    if (indexes_[frame.number] != kNone) return indexes_[frame.number];
    Json json = {{"name", frame.function}};
    if (!frame.file.empty()) json["file"] = frame.file;
    if (frame.line > 0) json["line"] = frame.line;
    return indexes_[frame.number] = add(std::move(json));
  }
  uint32_t index_of_lock(const std::string &lock) {
    const auto [entry, is_new] = locks_.try_emplace(lock);
    if (is_new) entry->second = add({{"name", "[" + lock + "]"}});
    return entry->second;
  }
  const Json &list() const { return list_; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t add(Json frame) {
    list_.push_back(std::move(frame));
    return static_cast<uint32_t>(list_.size() - 1);
  }

  std::vector<uint32_t> indexes_;
  std::map<std::string, uint32_t> locks_;
  Json list_ = Json::array();
};

std::string text_of(const Json &json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// An object that is left open: more is to be put into it.
std::string open_text_of(const Json &json) {
  std::string text = text_of(json);
  text.back() = ',';
  return text;
}

void write_side(NamedProfile &profile, Side side, FrameTable &table, const OutputSink &out) {
  std::vector<LockStack> stacks = stacks_of(profile, side);
  std::erase_if(stacks, [](const LockStack &stack) { return stack.wait_ns <= 0; });
  int64_t total_ns = 0;
  for (const LockStack &stack : stacks) total_ns = add_saturated(total_ns, stack.wait_ns);
  out(open_text_of({{"type", "sampled"},
                    {"name", side == Side::kWaiter ? "waiter: where threads waited" : "holder: who made them wait"},
                    {"unit", "nanoseconds"},
                    {"startValue", 0},
                    {"endValue", total_ns}}));
  std::string text = "\"samples\":[";
  FrameList frames;
  for (const LockStack &stack : stacks) {
    stack.read_frames(frames);
    text += &stack == stacks.data() ? "[" : ",[";
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) (text += std::to_string(table.index_of(**frame))) += ',';
    (text += std::to_string(table.index_of_lock(std::string(stack.lock)))) += ']';
    out(text);
    text.clear();
  }
  text += "],\"weights\":[";
  for (const LockStack &stack : stacks) (text += &stack == stacks.data() ? "" : ",") += std::to_string(stack.wait_ns);
  out(text += "]}");
}

}  // namespace

void export_speedscope(NamedProfile &profile, std::optional<Side> side, const OutputSink &out) {
  FrameTable frames;
  const std::string &program = profile.locks().program;
  out(open_text_of({{"$schema", "https://www.speedscope.app/file-format-schema.json"},
                    {"exporter", "lockwrap " LOCKWRAP_VERSION},
                    {"name", program.substr(program.rfind('/') + 1)},
                    {"activeProfileIndex", 0}}) +
      "\"profiles\":[");
  for (const Side each : {Side::kWaiter, Side::kHolder}) {
    if (side && *side != each) continue;
    if (!side && each == Side::kHolder) out(",");
    write_side(profile, each, frames, out);
  }
  out("],\"shared\":{\"frames\":" + text_of(frames.list()) + "}}\n");
}

}  // namespace lockwrap::cli
