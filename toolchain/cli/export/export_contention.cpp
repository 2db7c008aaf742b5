// The text form of gperftools, which google-pprof, jeprof and bRPC's users know: a section of names, then a line a stack. It carries its names
// itself, so that no program is needed: an address in it is the number of a function, not a place in memory.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <unordered_map>
#include <vector>

#include "export/export_formats.h"
#include "report/equal_lines.h"
#include "report/lock_stacks.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

// A function has two, of which stacks have the second: google-pprof looks for a caller as it stands there, jeprof one before.
constexpr uint64_t kFirstAddress = 0x1000;
constexpr uint64_t kAddresses = 2;

std::string hex(uint64_t number) {
  char text[24];
  snprintf(text, sizeof text, "0x%" PRIx64, number);
  return text;
}

uint64_t address_of(uint32_t number) { return kFirstAddress + kAddresses * number; }

// A line end would end the entry, and "--" (as in operator--) would make two functions of it: there is no escape for either.
std::string symbol_name(const std::string &name) {
  std::string text;
  for (const char character : printable(name)) {
    if (character == '-' && !text.empty() && text.back() == '-') text += ' ';
    text += character;
  }
  return text.empty() ? "?" : text;
}

}  // namespace

void export_contention(NamedProfile &profile, Side side, const OutputSink &out) {
  std::vector<LockStack> stacks;
  std::unordered_map<std::string, uint32_t> numbers;  // of functions, by name
  std::vector<const std::string *> names;
  std::vector<uint32_t> functions;                    // by the number of a frame; 0: not known yet, else one more
  FrameList frames;
  EqualLines<StackLine> equal_lines([&](const StackLine &line, Words &words) {
    stacks[line.stack].read_frames(frames);
    for (const StackFrame *frame : frames) {
      if (frame->number >= functions.size()) functions.resize(std::max<size_t>(frame->number + 1, functions.size() * 2));
      uint32_t &function = functions[frame->number];
      if (function == 0) {
        const auto [entry, is_new] = numbers.try_emplace(symbol_name(frame->function), static_cast<uint32_t>(numbers.size()));
        if (is_new) names.push_back(&entry->first);
        function = entry->second + 1;
      }
      words.push_back(function - 1);
    }
  });
  for_each_stack(profile, side, [&](const LockStack &stack) {
    if (stack.wait_ns <= 0) return;
    stacks.push_back(stack);
    equal_lines.add({static_cast<uint32_t>(stacks.size() - 1), 0, stack.wait_ns, stack.contentions});
  });

  const LockProfile &locks = profile.locks();
  std::string text = "--- symbol\n";
  if (!locks.program.empty()) text += "binary=" + printable(locks.program) + "\n";
  for (uint32_t number = 0; number < names.size(); ++number) {
    for (uint64_t each = 0; each < kAddresses; ++each) text += hex(address_of(number) + each) + " " + *names[number] + "\n";
  }
  text += "---\n--- contention\ncycles/second=1000000000\nsampling period=1\n";  // a cycle is a nanosecond
  if (locks.duration_ns > 0) text += "ms since reset=" + std::to_string(locks.duration_ns / 1'000'000) + "\n";
  out(text);
  std::vector<StackLine> lines = equal_lines.take();
  heaviest_first(lines);
  Words words;
  for (const StackLine &line : lines) {
    text = std::to_string(line.wait_ns) + " " + std::to_string(std::max<int64_t>(line.contentions, 1)) + " @";  // pprof divides by the count
    equal_lines.spell(line, words);
    for (const uint32_t word : words) (text += ' ') += hex(address_of(word) + 1);
    out(text += '\n');
  }
}

}  // namespace lockwrap::cli
