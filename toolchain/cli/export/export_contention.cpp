// The text form of gperftools, which google-pprof, jeprof and bRPC's users know: a section of names, then a line a stack. It carries its names
// itself, so that no program is needed: an address in it is the number of a function, not a place in memory.
#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>

#include "export/export_formats.h"
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

// A line end would end the entry, and "--" (as in operator--) would make two functions of it: there is no escape for either.
std::string symbol_name(const std::string &name) {
  std::string text;
  for (const char character : printable(name)) {
    if (character == '-' && !text.empty() && text.back() == '-') text += ' ';
    text += character;
  }
  return text.empty() ? "?" : text;
}

struct StackSums {
  int64_t wait_ns = 0;
  int64_t contentions = 0;
};

}  // namespace

std::string export_contention(NamedProfile &profile, Side side) {
  std::map<std::string, uint64_t> addresses;            // by name
  std::vector<const std::string *> names;               // in the order of their addresses
  std::map<std::string, StackSums> sums;                // by the addresses, innermost first
  for_each_stack(profile, side, [&](const LockStack &stack) {
    if (stack.wait_ns <= 0) return;
    std::string line;
    for (const StackFrame &frame : stack.frames) {
      const auto [entry, is_new] = addresses.try_emplace(symbol_name(frame.function), kFirstAddress + kAddresses * addresses.size());
      if (is_new) names.push_back(&entry->first);
      line += " " + hex(entry->second + 1);
    }
    StackSums &sum = sums[line];
    sum.wait_ns = add_saturated(sum.wait_ns, stack.wait_ns);
    sum.contentions = add_saturated(sum.contentions, stack.contentions);
  });
  std::vector<std::pair<std::string, StackSums>> lines(sums.begin(), sums.end());
  std::stable_sort(lines.begin(), lines.end(), [](const auto &left, const auto &right) { return left.second.wait_ns > right.second.wait_ns; });

  const LockProfile &locks = profile.locks();
  std::string text = "--- symbol\n";
  if (!locks.program.empty()) text += "binary=" + printable(locks.program) + "\n";
  for (const std::string *name : names) {
    for (uint64_t each = 0; each < kAddresses; ++each) text += hex(addresses.at(*name) + each) + " " + *name + "\n";
  }
  text += "---\n--- contention\ncycles/second=1000000000\nsampling period=1\n";  // a cycle is a nanosecond
  if (locks.duration_ns > 0) text += "ms since reset=" + std::to_string(locks.duration_ns / 1'000'000) + "\n";
  for (const auto &[line, sum] : lines) {
    text += std::to_string(sum.wait_ns) + " " + std::to_string(std::max<int64_t>(sum.contentions, 1)) + " @" + line + "\n";  // pprof divides by the count
  }
  return text;
}

}  // namespace lockwrap::cli
