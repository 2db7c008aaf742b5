// UTF-8 is taken apart by hand, strictly: no overlong forms, no surrogates.
#include "pictures/svg_text.h"

#include <cstdint>
#include <utility>

namespace lockwrap::cli {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kFirstWide = 0x1100;  // from Hangul on scripts have wide characters
constexpr size_t kFewestColumns = 3;     // of a label that is cut: less says nothing

// Takes the first character off `text`. A byte that begins none is taken alone.
char32_t next_character(std::string_view &text) {
  const auto byte = [&](size_t index) { return static_cast<uint8_t>(text[index]); };
  const uint8_t first = byte(0);
  const size_t length = first < 0x80 ? 1 : first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
  char32_t character = length == 1 ? first : first & (0x7F >> length);
  bool is_valid = length != 0 && text.size() >= length;
  for (size_t index = 1; is_valid && index < length; ++index) {
    is_valid = (byte(index) & 0xC0) == 0x80;
    character = character << 6 | (byte(index) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  is_valid = is_valid && character >= kLeast[length] && character <= 0x10FFFF && !(character >= 0xD800 && character < 0xE000);
  text.remove_prefix(is_valid ? length : 1);
  return is_valid ? character : kReplacement;
}

bool may_be_shown(char32_t character) {
  if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return false;           // control characters
  if (character == 0x2028 || character == 0x2029) return false;                            // line ends
  if (character >= 0x202A && character <= 0x202E) return false;                            // directions of writing
  if (character >= 0x2066 && character <= 0x2069) return false;
  return (character & 0xFFFE) != 0xFFFE;                                                   // no characters
}

void append_utf8(std::string &text, char32_t character) {
  if (character < 0x80) {
    text += static_cast<char>(character);
    return;
  }
  const int more = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  constexpr uint8_t kMarks[] = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kMarks[more] | character >> (6 * more));
  for (int shift = 6 * (more - 1); shift >= 0; shift -= 6) text += static_cast<char>(0x80 | (character >> shift & 0x3F));
}

void append_xml(std::string &text, char32_t character) {
  switch (character) {
    case '&': text += "&amp;"; return;
    case '<': text += "&lt;"; return;
    case '>': text += "&gt;"; return;
    case '"': text += "&quot;"; return;
    case '\'': text += "&#39;"; return;
    default: append_utf8(text, may_be_shown(character) ? character : kReplacement);
  }
}

size_t columns_of(char32_t character) { return character >= kFirstWide || !may_be_shown(character) ? 2 : 1; }

// "Ledger::reserve()" is "reserve()". Brackets hold no end of a scope; where they do not match (operator<) the name stays whole.
std::string_view without_scope(std::string_view name) {
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at < name.size(); ++at) {
    const char character = name[at];
    if (character == '<' || character == '(' || character == '{' || character == '[') ++depth;
    if (character == '>' || character == ')' || character == '}' || character == ']') --depth;
    if (depth == 0 && name.substr(at, 2) == "::") begin = at + 2;
  }
  return depth == 0 ? name.substr(begin) : name;
}

std::string cut(std::string_view text, size_t columns) {
  std::string_view rest = text;
  size_t used = 0, kept = 0;
  while (!rest.empty()) {
    used += columns_of(next_character(rest));
    if (used + 2 > columns) break;
    kept = text.size() - rest.size();
  }
  return std::string(text.substr(0, kept)) + "..";
}

}  // namespace

std::string xml_text(std::string_view text, size_t characters) {
  std::string xml;
  for (size_t count = 0; !text.empty(); ++count) {
    if (count == characters) return xml + "..";
    append_xml(xml, next_character(text));
  }
  return xml;
}

size_t text_columns(std::string_view text) {
  size_t columns = 0;
  while (!text.empty()) columns += columns_of(next_character(text));
  return columns;
}

std::string fitted_label(const FrameLabel &label, size_t columns) {
  if (!label.mark.empty()) {
    const std::string name(label.name), place(label.place), note = ", " + std::string(label.note), mark(label.mark);
    if (!place.empty() && text_columns(name + " " + place + note) <= columns) return name + " " + place + note;
    if (text_columns(name + note) <= columns) return name + note;
    const std::string rest = columns > 2 ? fitted_label({.name = label.name}, columns - 2) : "";
    return columns == 0 ? "" : rest.empty() ? mark : mark + " " + rest;
  }
  if (columns < kFewestColumns) return "";
  std::string text(label.name), fitting;
  if (text_columns(text) <= columns) fitting = text;
  for (const auto &[separator, part] : {std::pair(" ", label.place), std::pair(", ", label.note)}) {
    if (part.empty()) continue;
    text.append(separator).append(part);
    if (text_columns(text) <= columns) fitting = text;
  }
  if (!fitting.empty() || label.name.empty()) return fitting;
  const std::string_view last = without_scope(label.name);
  return text_columns(last) <= columns ? std::string(last) : cut(last, columns);
}

}  // namespace lockwrap::cli
