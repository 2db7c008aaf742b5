// Semicolons part the frames and the last space parts the number: neither a semicolon nor a line break of a name may get in between.
#include <algorithm>
#include <map>

#include "export/export_formats.h"
#include "report/lock_stacks.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

std::string folded_name(const std::string &name) {
  std::string text = printable(name);
  std::replace(text.begin(), text.end(), ';', ',');
  return text;
}

}  // namespace

std::string export_folded(NamedProfile &profile, Side side) {
  std::map<std::string, int64_t> weights;
  for_each_stack(profile, side, [&](const LockStack &stack) {
    if (stack.wait_ns <= 0) return;
    std::string line;
    for (auto frame = stack.frames.rbegin(); frame != stack.frames.rend(); ++frame) line += folded_name(frame->function) + ";";
    int64_t &weight = weights[line + "[" + folded_name(stack.lock) + "]"];
    weight = add_saturated(weight, stack.wait_ns);
  });
  std::vector<const std::pair<const std::string, int64_t> *> lines;  // not copied: they are long
  for (const auto &line : weights) lines.push_back(&line);
  std::stable_sort(lines.begin(), lines.end(), [](const auto *left, const auto *right) { return left->second > right->second; });
  std::string text;
  for (const auto *line : lines) text += line->first + " " + std::to_string(line->second) + "\n";
  return text;
}

}  // namespace lockwrap::cli
