// The text is cut into lines and these are rewritten one by one: what lockwrap of another version says around the addresses does not matter.
#include "names/symbolize_findings.h"

#include <algorithm>
#include <map>
#include <optional>

#include "base/long_work.h"
#include "names/finding_lines.h"
#include "names/function_name.h"
#include "names/lock_places.h"
#include "names/lock_plumbing.h"
#include "base/text_table.h"

namespace lockwrap::cli {
namespace {

constexpr std::string_view kAddressBegin = " [0x";
constexpr std::string_view kAnonymous = "(anonymous namespace)";
constexpr std::string_view kIdentifier = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$.";

// Of a line "BEFORE NAME [0xADDRESS]AFTER".
struct AddressLine {
  std::string_view before;  // with the space
  std::string_view name;
  std::string_view after;
  uint64_t address = 0;
};

std::optional<AddressLine> split(std::string_view line) {
  const size_t bracket = line.rfind(kAddressBegin);
  if (bracket == std::string_view::npos) return std::nullopt;
  AddressLine parts;
  const std::string_view digits = line.substr(bracket + kAddressBegin.size());
  const size_t count = digits.find_first_not_of("0123456789abcdef");
  if (count == 0 || count > 16 || count == std::string_view::npos || digits[count] != ']') return std::nullopt;
  parts.address = std::stoull(std::string(digits.substr(0, count)), nullptr, 16);
  parts.after = digits.substr(count + 1);
  // The name has no spaces but those of anonymous namespaces.
  size_t begin = bracket;
  for (; begin > 0 && line[begin - 1] != ' '; --begin) {
    const size_t length = std::min(kAnonymous.size(), begin);
    if (line.substr(begin - length, length) == kAnonymous) begin -= length - 1;
  }
  parts.before = line.substr(0, begin);
  parts.name = line.substr(begin, bracket - begin);
  return parts;
}

// "name" of "ns::name(int)": what the runtime's short names and the whole ones agree about.
std::string last_component(const std::string &function) {
  std::string name = short_function_name(function);
  if (name.size() > 2 && name.substr(name.size() - 2) == "()") name.resize(name.size() - 2);
  const size_t scope = name.rfind("::");
  return scope == std::string::npos ? name : name.substr(scope + 2);
}

// Every mangled name becomes readable.
std::string with_readable_names(std::string_view line) {
  std::string result;
  for (size_t at = 0; at < line.size();) {
    const size_t end = std::min(line.find_first_not_of(kIdentifier, at), line.size());
    if (end == at) {
      result += line[at++];
      continue;
    }
    result += printable(demangle(std::string(line.substr(at, end - at))));
    at = end;
  }
  return result;
}

class FindingsText {
 public:
  explicit FindingsText(Symbolizer &symbolizer) : symbolizer_(symbolizer) {}

  void add_line(std::string_view prefix, std::string_view line) {
    named_.text += prefix;
    const AddressLine parts = split(line).value_or(AddressLine());
    const Frames *frames = parts.name.empty() ? nullptr : &frames_at(parts);
    if (frames == nullptr || frames->empty()) {
      named_.text += with_readable_names(line);
      return;
    }
    const std::string indent(parts.before.substr(0, std::min(parts.before.find_first_not_of(' '), parts.before.size())));
    named_.text += with_readable_names(parts.before) + described((*frames)[0], parts.address) + std::string(parts.after);
    for (size_t index = 1; index < frames->size(); ++index) {
      named_.text.append("\n").append(prefix).append(indent).append("from ") += described((*frames)[index], parts.address);
    }
  }

  void add_untouched(std::string_view text) { named_.text += text; }
  void count_finding() { ++named_.findings; }
  NamedFindings take() { return std::move(named_); }

 private:
  static std::string described(const Frame &frame, uint64_t address) {
    const std::string where = short_file_and_line({frame.function, frame.file, frame.line});
    return printable(frame.function + " " + (where.empty() ? "[" + address_text(address) + "]" : where));
  }

  const Frames &frames_at(const AddressLine &parts) {
    const auto [entry, is_new] = known_.try_emplace(parts.address);
    Frames &frames = entry->second;
    if (!is_new) return frames;
    frames = symbolizer_.frames_at(parts.address);
    compare_names(parts, frames);
    const auto deciding = std::find_if(frames.begin(), frames.end(), [](const Frame &frame) { return !is_lock_plumbing(frame.function); });
    if (deciding != frames.end()) frames.erase(frames.begin(), deciding);
    return frames;
  }

  // The outermost frame is the function of the symbol table, which is what the runtime knows. A stripped program knows none.
  void compare_names(const AddressLine &parts, const Frames &frames) {
    if (parts.name.substr(0, 2) == "0x" || frames.empty()) return;
    const bool is_same = last_component(demangle(std::string(parts.name))) == last_component(frames.back().function);
    ++(is_same ? named_.same_names : named_.other_names);
  }

  Symbolizer &symbolizer_;
  std::map<uint64_t, Frames> known_;
  NamedFindings named_;
};

}  // namespace

NamedFindings symbolize_findings(std::string_view text, Symbolizer &symbolizer) {
  FindingsText findings(symbolizer);
  FindingLines lines;
  const size_t whole = text.size();
  LongWork work("named", (whole + 1023) / 1024, " KiB of text");
  while (!text.empty()) {
    work.came_to((whole - text.size()) / 1024);
    const size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    const FindingLine part = lines.next(line);
    if (!part.kind.empty()) findings.count_finding();
    if (part.is_in_finding) findings.add_line(part.prefix, part.text);
    else findings.add_untouched(line);
    findings.add_untouched(text.substr(length, 1));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return findings.take();
}

}  // namespace lockwrap::cli
