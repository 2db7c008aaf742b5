// Pairs are split at single spaces; `name=` and `program=` take the rest of the line, because they may hold spaces.
#include "profile/comment_line.h"

#include <charconv>
#include <limits>
#include <string_view>

namespace lockwrap::cli {
namespace {

constexpr int kBuckets = 64;

bool parse_number(std::string_view text, uint64_t &number) {
  int base = 10;
  if (text.substr(0, 2) == "0x") {
    text.remove_prefix(2);
    base = 16;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string_view cut_at(std::string_view &rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return piece;
}

}  // namespace

std::string CommentLine::text(const std::string &key) const {
  const auto entry = values.find(key);
  return entry == values.end() ? "" : entry->second;
}

uint64_t CommentLine::number(const std::string &key) const {
  uint64_t value = 0;
  return parse_number(text(key), value) ? value : 0;
}

int64_t CommentLine::amount(const std::string &key) const {
  const uint64_t value = number(key);
  const uint64_t largest = std::numeric_limits<int64_t>::max();
  return static_cast<int64_t>(value < largest ? value : largest);
}

CommentLine parse_comment(const std::string &comment) {
  CommentLine line;
  std::string_view rest = comment;
  if (cut_at(rest, ' ') != "lockwrap") return line;
  line.kind = cut_at(rest, ' ');
  while (!rest.empty()) {
    const size_t equals = rest.find('=');
    if (equals == std::string_view::npos) break;
    const std::string_view key = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    const bool takes_rest = key == "name" || key == "program";
    line.values.emplace(key, takes_rest ? rest : cut_at(rest, ' '));
    if (takes_rest) break;
  }
  return line;
}

std::map<int, int64_t> parse_histogram(const std::string &text) {
  std::map<int, int64_t> histogram;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view pair = cut_at(rest, ',');
    uint64_t bucket = 0, count = 0;
    if (!parse_number(cut_at(pair, ':'), bucket) || !parse_number(pair, count)) continue;
    if (bucket < kBuckets && count <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      histogram[static_cast<int>(bucket)] = static_cast<int64_t>(count);
    }
  }
  return histogram;
}

void parse_range(const std::string &text, uint64_t &start, uint64_t &end) {
  std::string_view rest = text;
  uint64_t first = 0, last = 0;
  if (!parse_number(cut_at(rest, '-'), first) || !parse_number(rest, last) || first >= last) return;
  start = first;
  end = last;
}

}  // namespace lockwrap::cli
