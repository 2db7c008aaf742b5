// A pprof profile in memory, as the file has it: strings are indexes into the string table, ids are ids. Nothing here
// knows of locks; lock_profile.h does.
//
// Every message keeps the bytes of the fields that this program does not know in `unknown_fields`. The writer puts them
// back, so that a profile survives `symbolize` also when a newer pprof has added something. String indexes inside those
// bytes stay right, because the string table only grows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "profile/sample_list.h"

namespace lockwrap::cli {

struct ValueType {
  int64_t type = 0;
  int64_t unit = 0;
  std::string unknown_fields;
};

struct Mapping {
  uint64_t id = 0;
  uint64_t memory_start = 0;
  uint64_t memory_limit = 0;
  uint64_t file_offset = 0;
  int64_t file_name = 0;
  int64_t build_id = 0;
  bool has_functions = false;
  bool has_file_names = false;
  bool has_line_numbers = false;
  bool has_inline_frames = false;
  std::string unknown_fields;
};

struct Line {
  uint64_t function_id = 0;
  int64_t line = 0;
  std::string unknown_fields;
};

struct Location {
  uint64_t id = 0;
  uint64_t mapping_id = 0;  // 0: in no mapping
  uint64_t address = 0;
  std::vector<Line> lines;  // innermost inlined frame first
  bool is_folded = false;
  std::string unknown_fields;
};

struct Function {
  uint64_t id = 0;
  int64_t name = 0;
  int64_t system_name = 0;
  int64_t file_name = 0;
  int64_t start_line = 0;
  std::string unknown_fields;
};

struct Profile {
  std::vector<ValueType> sample_types;
  SampleList samples;
  std::vector<Mapping> mappings;
  std::vector<Location> locations;
  std::vector<Function> functions;
  std::vector<std::string> strings;  // [0] is ""
  std::vector<int64_t> comments;
  int64_t drop_frames = 0;
  int64_t keep_frames = 0;
  int64_t time_ns = 0;
  int64_t duration_ns = 0;
  ValueType period_type;
  bool has_period_type = false;
  int64_t period = 0;
  int64_t default_sample_type = 0;
  std::string unknown_fields;

  // The reader has checked every index, so that this cannot miss.
  const std::string &text(int64_t index) const { return strings[static_cast<size_t>(index)]; }
};

// Adds strings to a profile's table, each only once.
class StringTable {
 public:
  explicit StringTable(Profile &profile) : profile_(profile) {
    for (size_t index = 0; index < profile.strings.size(); ++index) {
      indexes_.emplace(profile.strings[index], static_cast<int64_t>(index));
    }
  }

  int64_t index_of(const std::string &text) {
    const auto [entry, is_new] = indexes_.emplace(text, static_cast<int64_t>(profile_.strings.size()));
    if (is_new) profile_.strings.push_back(text);
    return entry->second;
  }

 private:
  Profile &profile_;
  std::unordered_map<std::string, int64_t> indexes_;
};

}  // namespace lockwrap::cli
