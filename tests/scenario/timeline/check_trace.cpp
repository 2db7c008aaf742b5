// check_trace TRACE.json OUTPUT STATEMENT...: does a trace keep to its format, and say what the program printed? Statements:
//   waits==N holds==N arrows==N overwritten==N tracks==N (also >=, <=)   how many there are
//   measured    each line "wait THREAD BEGIN_NS END_NS HOLDER RESULT" of OUTPUT, the newest ones of each thread, is a wait of the trace, in
//               this order, and there are no others. There is one difference of the clocks for which all of them lie within what the
//               program measured around them; no tolerance. RESULT is got or gave-up; HOLDER - if the trace cannot know it.
//   consistent  each slice of lock NAME waits in, or is locked in, use_NAME; threads are called as the lines "thread ID NAME" tell
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "trace_format.h"

namespace {

using trace_format::Json;

struct Trace {
  Json json;
  std::map<int64_t, std::string> thread_names;
  std::vector<const Json*> waits, holds;
  std::map<std::string, long> counts;

  explicit Trace(const char* path) : json(Json::parse(std::ifstream(path))) {
    for (const char* key : {"waits", "holds", "arrows", "tracks"}) counts[key] = 0;
    for (const Json& event : json.at("traceEvents")) {
      if (event["ph"] == "X") (event["cat"] == "wait" ? waits : holds).push_back(&event);
      if (event["ph"] == "s") ++counts["arrows"];
      if (event["name"] == "thread_name") thread_names[event["tid"]] = event["args"]["name"];
    }
    counts["waits"] = static_cast<long>(waits.size());
    counts["holds"] = static_cast<long>(holds.size());
    counts["tracks"] = static_cast<long>(thread_names.size());
    counts["overwritten"] = json.at("otherData").at("overwritten_events");
  }
};

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

std::vector<std::vector<std::string>> lines_of(const char* path, const std::string& first_word) {
  std::vector<std::vector<std::string>> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::vector<std::string> list;
    for (std::string word; words >> word;) list.push_back(word);
    if (!list.empty() && list[0] == first_word) lines.push_back(list);
  }
  return lines;
}

void check_count(const Trace& trace, const std::string& statement) {
  const size_t operation = statement.find_first_of("=<>");
  const long count = trace.counts.at(statement.substr(0, operation)), wanted = std::stol(statement.substr(operation + 2));
  const std::string how = statement.substr(operation, 2);
  const bool is_so = how == "==" ? count == wanted : how == ">=" ? count >= wanted : count <= wanted;
  if (!is_so) fail(statement + ": there are " + std::to_string(count));
}

void check_measured(const Trace& trace, const char* output) {
  std::map<std::string, std::vector<std::vector<std::string>>> measured;
  for (const auto& line : lines_of(output, "wait")) measured[line.at(1)].push_back(line);
  std::map<std::string, std::vector<const Json*>> drawn;
  for (const Json* wait : trace.waits) drawn[trace.thread_names.at((*wait)["tid"])].push_back(wait);
  if (drawn.empty()) fail("there is no wait");
  double least = -std::numeric_limits<double>::max(), most = -least, measured_us = 0, drawn_us = 0;
  for (auto& [thread, waits] : drawn) {
    std::stable_sort(waits.begin(), waits.end(), [](const Json* left, const Json* right) { return (*left)["ts"] < (*right)["ts"]; });
    const auto& lines = measured[thread];
    if (lines.size() < waits.size()) fail(thread + " has " + std::to_string(waits.size()) + " waits, but measured " + std::to_string(lines.size()));
    if (lines.size() > waits.size() && trace.counts.at("overwritten") == 0) fail(thread + " lacks waits");
    for (size_t i = 0; i < waits.size(); ++i) {
      const Json& wait = *waits[i];
      const auto& line = lines[lines.size() - waits.size() + i];
      const double begin = std::stod(line.at(2)) / 1000, end = std::stod(line.at(3)) / 1000, ts = wait["ts"], dur = wait["dur"];
      least = std::max(least, begin - ts);
      most = std::min(most, end - ts - dur);
      measured_us += end - begin;
      drawn_us += dur;
      const Json& arguments = wait["args"];
      const std::string holder = arguments.value("held at first by", "-");
      if (holder.substr(0, holder.find('/')) != line.at(4)) fail(wait.dump() + ": not held by " + line.at(4));
      if ((arguments["result"] == "got the lock") != (line.at(5) == "got")) fail(wait.dump() + ": did not end with " + line.at(5));
    }
  }
  for (const auto& [thread, lines] : measured) {
    if (drawn.count(thread) == 0) fail(thread + " has no wait");
  }
  if (least > most) fail("some wait lies outside of what was measured around it, by " + std::to_string(least - most) + " us at least");
  if (drawn_us < 0.8 * measured_us && trace.counts.at("overwritten") == 0) fail("the waits are shorter than what was measured");
}

void check_consistent(const Trace& trace, const char* output) {
  std::map<int64_t, std::string> threads;
  for (const auto& line : lines_of(output, "thread")) threads[std::stol(line.at(1))] = line.at(2);
  const auto check_thread = [&](int64_t id, const std::string& name) {
    if (threads.count(id) == 0 || threads[id] != name) fail("no thread is called " + name + " and is number " + std::to_string(id));
  };
  constexpr int64_t kFurtherTrack = 1 << 22;
  for (const auto& [id, name] : trace.thread_names) check_thread(id % kFurtherTrack, name.substr(0, name.find(' ')));
  for (const auto* list : {&trace.waits, &trace.holds}) {
    for (const Json* slice : *list) {
      const Json& arguments = (*slice)["args"];
      const std::string lock = arguments["lock"];
      for (const char* key : {"waits in", "locked in", "which locked it in"}) {
        // Who took the lock without a wait is known from who waits for it. If its list of locks changes then, the place is not known.
        const bool is_told_by_waiter = key == std::string("which locked it in") || arguments.contains("began");
        if (!arguments.contains(key) || (is_told_by_waiter && arguments[key] == "not known")) continue;
        if (arguments[key].get<std::string>().find("use_" + lock + "()") != 0) fail(slice->dump() + ": " + key);
      }
      const std::string holder = arguments.value("held at first by", "");
      if (const size_t slash = holder.find('/'); slash != std::string::npos) check_thread(std::stol(holder.substr(slash + 1)), holder.substr(0, slash));
      if (arguments.contains("stack") && arguments["stack"].size() < 3) fail(slice->dump() + ": no stack");
    }
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 3) return 2;
  try {
    const Trace trace(arguments[1]);
    const std::string mistake = trace_format::find_mistake(trace.json);
    if (!mistake.empty()) fail("no trace: " + mistake);
    for (int i = 3; i < argument_count; ++i) {
      const std::string statement = arguments[i];
      if (statement == "measured") check_measured(trace, arguments[2]);
      else if (statement == "consistent") check_consistent(trace, arguments[2]);
      else check_count(trace, statement);
    }
  } catch (const std::exception& error) {
    std::printf("failed: %s: %s\n", arguments[1], error.what());
    return 1;
  }
}
