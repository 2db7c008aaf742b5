// A `lockwrap KIND key=value ...` comment of a profile, taken apart. See runtime/report/profile_format.md.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace lockwrap::cli {

struct CommentLine {
  std::string kind;  // "" when the comment is not lockwrap's
  std::map<std::string, std::string> values;

  // "" and 0 when the key is missing or its value is no number that fits.
  std::string text(const std::string &key) const;
  uint64_t number(const std::string &key) const;  // decimal, or hexadecimal with 0x
  int64_t amount(const std::string &key) const;   // the same, never negative
};

CommentLine parse_comment(const std::string &comment);

// "8:4,9:8" as {8: 4, 9: 8}; what is malformed or no bucket of 64 is left out.
std::map<int, int64_t> parse_histogram(const std::string &text);

// "0x400000-0x4c0000"; leaves both as they are when it is malformed or empty.
void parse_range(const std::string &text, uint64_t &start, uint64_t &end);

}  // namespace lockwrap::cli
