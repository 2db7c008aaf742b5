// A prefix on further lines is the same word by word, but for times: these have the same shape.
#include "names/finding_lines.h"

#include <algorithm>
#include <optional>

namespace lockwrap::cli {
namespace {

constexpr std::string_view kProgram = "lockwrap: ";
constexpr std::string_view kBlanks = " \t";
constexpr size_t kLongestPrefix = 256;

bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_letter(char character) { return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z'); }
bool is_blank(char character) { return kBlanks.find(character) != std::string_view::npos; }

// The kind of the finding of which this is the first line, from "lockwrap: " on; "" of other text.
std::string_view kind_of(std::string_view text) {
  text.remove_prefix(kProgram.size());
  for (const std::string_view kind : {"deadlock", "lock-order", "stuck", "misuse", "held-in-call"}) {
    if (text.substr(0, kind.size()) == kind && text.substr(kind.size(), 2) == ": ") return text.substr(0, kind.size());
  }
  return "";
}

// A blank ends a word, and so does the = of key=value, which belongs to it.
std::string_view word_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && !is_blank(text[end]) && text[end++] != '=') {
  }
  return text.substr(at, end - at);
}

// "2026-11-26T01:00:00.123Z", "01:00:00,123", "[12.345]"; not "app[17]:" or "app-1", which tell one program from another.
bool may_be_time(std::string_view word) {
  return std::any_of(word.begin(), word.end(), is_digit) &&
         std::none_of(word.begin(), word.end(), [](char character) { return is_letter(character) && character != 'T' && character != 'Z'; });
}

std::string shape_of(std::string_view word) {
  std::string shape;
  for (const char character : word) {
    if (!is_digit(character)) shape += character;
    else if (shape.empty() || shape.back() != '0') shape += '0';
  }
  return shape;
}

// How long the line's prefix is, if it is such a one.
std::optional<size_t> length_of_prefix(std::string_view prefix, std::string_view line) {
  size_t in_prefix = 0, in_line = 0;
  while (in_prefix < prefix.size()) {
    if (in_line >= line.size()) return std::nullopt;
    if (is_blank(prefix[in_prefix])) {
      const size_t end = std::min(prefix.find_first_not_of(kBlanks, in_prefix), prefix.size());
      if (end == prefix.size()) {  // what follows may be indented: not one blank more
        const std::string_view rest = prefix.substr(in_prefix);
        return line.substr(in_line, rest.size()) == rest ? std::optional(in_line + rest.size()) : std::nullopt;
      }
      if (!is_blank(line[in_line])) return std::nullopt;
      in_prefix = end;
      in_line = std::min(line.find_first_not_of(kBlanks, in_line), line.size());
      continue;
    }
    const std::string_view expected = word_at(prefix, in_prefix), found = word_at(line, in_line);
    if (expected != found && !(may_be_time(expected) && shape_of(expected) == shape_of(found))) return std::nullopt;
    in_prefix += expected.size();
    in_line += found.size();
  }
  return in_line;
}

}  // namespace

FindingLine FindingLines::next(std::string_view line) {
  for (size_t at = line.find(kProgram); at != std::string_view::npos && at <= kLongestPrefix; at = line.find(kProgram, at + 1)) {
    if (at > 0 && !is_blank(line[at - 1]) && line[at - 1] != '|') continue;
    const std::string_view kind = kind_of(line.substr(at));
    if (kind.empty()) continue;
    prefix_ = line.substr(0, at);
    is_inside_ = true;
    return {kind, line.substr(0, at), line.substr(at), true};
  }
  if (!is_inside_) return {};
  const std::optional<size_t> length = length_of_prefix(prefix_, line);
  if (!length) return {};  // of another program, between ours
  const std::string_view text = line.substr(*length);
  is_inside_ = text.substr(0, 2) == "  ";
  if (!is_inside_) return {};
  return {"", line.substr(0, *length), text, true};
}

}  // namespace lockwrap::cli
